/**
 * Usage over time, of every process and machine, at three resolutions: 1 s for five minutes and 10 s for three hours in
 * memory, 5 min for four weeks on disk. A beat writes nothing; a subject is written once in five minutes, off the beat.
 */
import { join } from 'node:path';
import type { MachineUsage, ProcessUsage } from '../../../protocol/link';
import type { ProcessName, WorkerId } from '../../../protocol/ids';
import type { Journal } from '../../engine/ports';
import type { UsageHistory, UsageRange, UsageTotals } from '../../engine/usage-port';
import { FIGURES, ofMachine, ofProcess, type Figure, type Figures } from './figures';
import { appendLong, forgetLong, LONG_STEP_MS, readLong, type Cell, type LongStep } from './long-file';
import { Subject } from './subject';
import { totalsOf } from './totals';

/** At most as many points as a chart can show. */
const POINTS_MAX = 2_000;
/** Processes that are over and still in fine steps: each takes some 90 kB of memory. */
const ENDED_KEPT = 64;

export class UsageStore implements UsageHistory {
  private readonly subjects = new Map<string, Subject>();
  /** Files of those that are over; the longest over first. */
  private readonly ended = new Set<string>();
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
    if (inMemory !== null && subject !== undefined)
      return rangeOf(inMemory.stepMs, fromMs, nowMs, (figure, step) => subject.at(figure, inMemory.stepMs, step));
    await this.writing;
    const steps = new Map(
      (await readLong(file, Math.floor(fromMs / LONG_STEP_MS))).map((step) => [step.step, step.cells]),
    );
    const present = subject?.takeLong() ?? null;
    if (present !== null) steps.set(present.step, present.cells);
    return rangeOf(LONG_STEP_MS, fromMs, nowMs, (figure, step) => steps.get(step)?.[figure] ?? null);
  }

  async totals(worker: WorkerId, process: ProcessName, fromMs: number, untilMs: number): Promise<UsageTotals | null> {
    const file = this.fileOf(worker, process);
    await this.writing;
    const steps = await readLong(file, Math.floor(fromMs / LONG_STEP_MS));
    const present = this.subjects.get(file)?.takeLong() ?? null;
    return totalsOf(present === null ? steps : [...steps, present], fromMs, untilMs);
  }

  end(worker: WorkerId, process: ProcessName): boolean {
    const file = this.fileOf(worker, process);
    const step = this.ended.has(file) ? null : (this.subjects.get(file)?.takeLong() ?? null);
    if (step === null) return false;
    this.write(file, step);
    this.ended.add(file);
    for (const oldest of this.ended) {
      if (this.ended.size <= ENDED_KEPT) break;
      this.ended.delete(oldest);
      this.subjects.delete(oldest);
    }
    return true;
  }

  forget(worker: WorkerId, process: ProcessName | null): void {
    const file = this.fileOf(worker, process);
    this.subjects.delete(file);
    this.ended.delete(file);
    const own = join(this.directory, 'processes', worker);
    if (process === null)
      for (const other of this.subjects.keys()) if (other.startsWith(`${own}/`)) this.subjects.delete(other);
    const paths = process === null ? [file, own] : [file];
    this.after(async () => void (await Promise.all(paths.map(forgetLong))));
  }

  /** What is not yet complete is written as it is: a restart leaves no hole of five minutes. */
  async close(): Promise<void> {
    for (const [file, subject] of this.subjects) {
      if (this.ended.has(file)) continue;
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
