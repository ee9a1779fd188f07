/**
 * Usage over time, of every process and machine, at three resolutions: 1 s for five minutes and 10 s for three hours in
 * memory, 5 min for four weeks on disk. A beat writes nothing; a subject is written once in five minutes, off the beat.
 */
import { join } from 'node:path';
import type { MachineUsage, ProcessUsage } from '../../../protocol/link';
import type { ProcessName, WorkerId } from '../../../protocol/ids';
import type { Journal } from '../../engine/ports';
import type { UsageHistory, UsageRange } from '../../engine/usage-port';
import { FIGURES, ofMachine, ofProcess, type Figure, type Figures } from './figures';
import { appendLong, forgetLong, LONG_STEP_MS, readLong, type Cell, type LongStep } from './long-file';
import { Subject } from './subject';

/** At most as many points as a chart can show. */
const POINTS_MAX = 2_000;

export class UsageStore implements UsageHistory {
  private readonly subjects = new Map<string, Subject>();
  private writing: Promise<void> = Promise.resolve();
  private isRefused = false;

  constructor(
    private readonly directory: string,
    private readonly journal: Journal,
  ) {}

  note(worker: WorkerId, machine: MachineUsage, usage: Iterable<ProcessUsage>, nowMs: number): void {
    this.put(this.fileOf(worker, null), ofMachine(machine), nowMs);
    for (const process of usage) this.put(this.fileOf(worker, process.name), ofProcess(process), nowMs);
  }

  private put(file: string, figures: Figures, nowMs: number): void {
    let subject = this.subjects.get(file);
    if (subject === undefined) this.subjects.set(file, (subject = new Subject()));
    const complete = subject.put(nowMs, figures);
    if (complete !== null) this.write(file, complete);
  }

  /** One after another: a thousand files at once would be a thousand descriptors. */
  private write(file: string, step: LongStep): void {
    this.after(() => appendLong(file, step));
  }

  /** A refusal is said once, and what comes after it is tried all the same. */
  private after(work: () => Promise<void>): void {
    this.writing = this.writing
      .then(work)
      .then(() => void (this.isRefused = false))
      .catch(({ message }: Error) => {
        if (!this.isRefused) this.journal.warn(`usage over time is not written down: ${message}`);
        this.isRefused = true;
      });
  }

  async read(worker: WorkerId, process: ProcessName | null, fromMs: number, nowMs: number): Promise<UsageRange> {
    const file = this.fileOf(worker, process);
    const subject = this.subjects.get(file);
    const inMemory = Subject.stepFor(fromMs, nowMs);
    if (inMemory !== null)
      return rangeOf(
        inMemory.stepMs,
        fromMs,
        nowMs,
        (figure, step) => subject?.at(figure, inMemory.stepMs, step) ?? null,
      );
    await this.writing;
    const steps = new Map(
      (await readLong(file, Math.floor(fromMs / LONG_STEP_MS))).map((step) => [step.step, step.cells]),
    );
    const present = subject?.takeLong() ?? null;
    if (present !== null) steps.set(present.step, present.cells);
    return rangeOf(LONG_STEP_MS, fromMs, nowMs, (figure, step) => steps.get(step)?.[figure] ?? null);
  }

  forget(worker: WorkerId, process: ProcessName | null): void {
    const file = this.fileOf(worker, process);
    this.subjects.delete(file);
    const own = join(this.directory, 'processes', worker);
    if (process === null)
      for (const other of this.subjects.keys()) if (other.startsWith(`${own}/`)) this.subjects.delete(other);
    const paths = process === null ? [file, own] : [file];
    this.after(async () => void (await Promise.all(paths.map(forgetLong))));
  }

  /** What is not yet complete is written as it is: a restart leaves no hole of five minutes. */
  async close(): Promise<void> {
    for (const [file, subject] of this.subjects) {
      const step = subject.takeLong();
      if (step !== null) this.write(file, step);
    }
    await this.writing;
  }

  private fileOf(worker: WorkerId, process: ProcessName | null): string {
    return process === null
      ? join(this.directory, 'machines', worker)
      : join(this.directory, 'processes', worker, process);
  }
}

function rangeOf(
  stepMs: number,
  fromMs: number,
  nowMs: number,
  cellOf: (figure: Figure, step: number) => Cell,
): UsageRange {
  const toStep = Math.floor(nowMs / stepMs) + 1;
  const every = Math.max(1, Math.ceil((toStep - Math.floor(fromMs / stepMs)) / POINTS_MAX));
  const fromStep = Math.floor(fromMs / stepMs / every) * every;
  const figures = Object.fromEntries(
    FIGURES.map((figure) => {
      const mean: (number | null)[] = [];
      const peak: (number | null)[] = [];
      for (let step = fromStep; step < toStep; step += every) {
        const cells = Array.from({ length: every }, (_, i) => cellOf(figure, step + i)).filter((cell) => cell !== null);
        mean.push(cells.length === 0 ? null : cells.reduce((sum, cell) => sum + cell.mean, 0) / cells.length);
        peak.push(cells.length === 0 ? null : Math.max(...cells.map((cell) => cell.peak)));
      }
      return [figure, { mean, peak }];
    }),
  );
  return { fromMs: fromStep * stepMs, stepMs: stepMs * every, figures };
}
