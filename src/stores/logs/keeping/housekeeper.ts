/**
 * Keeps the store within its rules: packs what is written no more, forgets what retention.ts says. It looks when a run
 * begins or ends, when segments became full, when the disk runs short, and once a minute for what only grows old.
 */
import { setTimeout as timer } from 'node:timers';
import type { ProcessName, RunId, WorkerId } from '../../../../protocol/ids';
import type { KeepRules, LogTarget } from '../../../engine/log-store-port';
import { AgeClock } from './age-clock';
import type { Catalogue, StoredFile } from '../catalogue';
import type { DiskRoom } from './disk-room';
import type { Packing } from './packing';
import { toForget, type Forget, type KeptRun } from './retention';

/** Many runs that begin at once are one reason to look. */
const SOON_MS = 200;
const REGULARLY_MS = 60_000;
/** An ended run gets its last bytes within this time; then its last segment is packed too. */
const SETTLED_MS = 60_000;

export interface Housekeeping {
  readonly catalogue: Catalogue;
  readonly room: DiskRoom;
  /** Null = segments stay as they are. */
  readonly packing: Packing | null;
  readonly now: () => number;
  readonly forgetRun: (files: readonly StoredFile[]) => void;
  readonly forgetSegment: (file: StoredFile, begin: number) => void;
}

export class Housekeeper {
  private rules: KeepRules | null = null;
  private exists: (target: LogTarget) => boolean = () => true;
  private timer: NodeJS.Timeout | null = null;
  private dueAtMs = Infinity;
  private closed = false;
  private ageClock: AgeClock | null = null;

  constructor(private readonly house: Housekeeping) {}

  keep(rules: KeepRules, exists: (target: LogTarget) => boolean): void {
    this.rules = rules;
    this.exists = exists;
    const newestMs = this.keptRuns().reduce((newest, { kept }) => Math.max(newest, kept.writtenAtMs), -Infinity);
    this.ageClock ??= new AgeClock(this.house.now(), newestMs);
    this.soon();
  }

  /** Looks before long. */
  soon(): void {
    this.arm(SOON_MS);
  }

  /** Looks now. */
  look(): void {
    this.arm(REGULARLY_MS);
    if (this.rules === null) return;
    const runs = this.keptRuns();
    const nowMs = this.ageClock?.read(this.house.now()) ?? this.house.now();
    const moment = { nowMs, missingBytes: this.house.room.missingBytes() };
    for (const forget of toForget(
      runs.map(({ kept }) => kept),
      this.rules,
      moment,
    ))
      this.forget(forget, runs);
    this.packWhatIsOver();
  }

  close(): void {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private arm(delayMs: number): void {
    if (this.closed || this.rules === null) return;
    const dueAtMs = performance.now() + delayMs;
    if (this.timer !== null && this.dueAtMs <= dueAtMs && this.dueAtMs > performance.now()) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.dueAtMs = dueAtMs;
    this.timer = timer(() => this.look(), delayMs).unref();
  }

  private forget(forget: Forget, runs: readonly FoundRun[]): void {
    const files = runs.find(({ kept }) => kept === forget.run)?.files ?? [];
    if (forget.kind === 'run') return this.house.forgetRun(files);
    const { segment } = forget;
    const file = files.find(({ stream }) => stream === segment.stream);
    if (file) this.house.forgetSegment(file, segment.begin);
  }

  private keptRuns(): FoundRun[] {
    const { catalogue } = this.house;
    return catalogue.allWorkers().flatMap((worker) =>
      catalogue.processes(worker).flatMap((process) => {
        const exists = this.exists({ worker, process });
        const byRun = new Map<RunId, StoredFile[]>();
        for (const file of catalogue.streams(worker, process, 'both'))
          byRun.set(file.ref.run, [...(byRun.get(file.ref.run) ?? []), file]);
        const newest = [...byRun.keys()].at(-1);
        return [...byRun].flatMap(([run, files]) =>
          files.some(({ busy }) => busy && run !== newest)
            ? []
            : [{ files, kept: keptRun({ worker, process, run, exists, mayLive: exists && run === newest }, files) }],
        );
      }),
    );
  }

  private packWhatIsOver(): void {
    const { packing, catalogue, now } = this.house;
    if (packing === null) return;
    for (const worker of catalogue.allWorkers())
      for (const process of catalogue.processes(worker))
        for (const file of catalogue.streams(worker, process, 'both'))
          for (const segment of file.segments) {
            const isLast = segment === file.segments.at(-1);
            const isOver = file.end !== null && !file.busy && now() - segment.writtenAtMs > SETTLED_MS;
            if (!isLast || isOver) packing.add(file, segment);
          }
  }
}

interface FoundRun {
  readonly kept: KeptRun;
  readonly files: readonly StoredFile[];
}

interface About {
  readonly worker: WorkerId;
  readonly process: ProcessName;
  readonly run: RunId;
  readonly exists: boolean;
  /** An older run of a process, or one of a process that is no more, is over whether its end was heard of or not. */
  readonly mayLive: boolean;
}

function keptRun({ mayLive, ...about }: About, files: readonly StoredFile[]): KeptRun {
  const told = files.find(({ end }) => end !== null)?.end ?? null;
  const segments = files.flatMap((file) => file.segments.map((segment) => ({ file, segment })));
  return {
    ...about,
    end: told ?? (mayLive ? null : 'failed'),
    writtenAtMs: Math.max(Number(about.run.slice(0, 13)), ...segments.map(({ segment }) => segment.writtenAtMs)),
    diskBytes: segments.reduce((sum, { segment }) => sum + segment.diskBytes, 0),
    closed: segments
      .filter(({ file, segment }) => segment !== file.segments.at(-1) && segment.form !== 'packing')
      .map(({ file: { stream }, segment: { begin, diskBytes, writtenAtMs } }) => ({
        stream,
        begin,
        diskBytes,
        writtenAtMs,
      }))
      .sort((a, b) => a.writtenAtMs - b.writtenAtMs || a.begin - b.begin),
  };
}
