/**
 * What to forget, and in which order. Pure: it is given what there is and says what goes.
 *
 * The order is always the same: runs that ended well, oldest first; then those that failed, which are what people come
 * back for; then each process's last ended run; last the oldest segments of what lives. The segment that a living run
 * writes to never goes.
 */
import type { ProcessName, RunId, WorkerId } from '../../../../protocol/ids';
import type { OutputStream } from '../../../../protocol/output-stream';
import type { KeepRules, RunEnd } from '../../../engine/log-store-port';

export interface KeptSegment {
  readonly stream: OutputStream;
  readonly begin: number;
  readonly diskBytes: number;
  readonly writtenAtMs: number;
}
export interface KeptRun {
  readonly worker: WorkerId;
  readonly process: ProcessName;
  readonly run: RunId;
  /** Null: it may be alive. */
  readonly end: RunEnd | null;
  /** Whether somebody still knows the process. */
  readonly exists: boolean;
  readonly writtenAtMs: number;
  readonly diskBytes: number;
  /** Of both streams, oldest first, without those being written to. */
  readonly closed: readonly KeptSegment[];
}

export type Forget =
  | { readonly kind: 'run'; readonly run: KeptRun }
  /** Comes after all older ones of its run. */
  | { readonly kind: 'segment'; readonly run: KeptRun; readonly segment: KeptSegment };

export interface Moment {
  readonly nowMs: number;
  /** What is missing of the disk's reserve. */
  readonly missingBytes: number;
}

/**
 * A disk that somebody else filled for a moment must not cost what was written just now, which is what people will ask
 * for when they see it full: then new output waits at the launchers.
 */
const RESERVE_SPARES_MS = 3_600_000;

export function toForget(runs: readonly KeptRun[], rules: KeepRules, { nowMs, missingBytes }: Moment): Forget[] {
  const going = new Going(inOrder(runs));
  going.takeWhere((at, { run }) => at < nowMs - (run.exists ? rules.ageMs : Math.min(rules.ageMs, rules.removedAgeMs)));
  for (const ofProcess of groups(runs, ({ worker, process }) => `${worker}/${process}`)) {
    going.takeRuns(ofProcess, rules.runs);
    going.takeBytes(ofProcess, sizeOf(ofProcess) - rules.bytesPerProcess);
  }
  for (const ofWorker of groups(runs, ({ worker }) => worker))
    going.takeBytes(ofWorker, sizeOf(ofWorker) - rules.bytesPerWorker);
  going.takeBytes(new Set(runs), missingBytes, nowMs - RESERVE_SPARES_MS);
  return going.list;
}

/** What has been decided so far; each thing is counted once, whichever rule asked for it. */
class Going {
  readonly list: Forget[] = [];
  private readonly taken = new Set<Forget>();

  constructor(private readonly order: readonly Forget[]) {}

  takeWhere(holds: (writtenAtMs: number, forget: Forget) => boolean): void {
    for (const one of this.order) if (holds(writtenAtMs(one), one)) this.take(one);
  }

  takeRuns(among: ReadonlySet<KeptRun>, keep: number): void {
    const ended = this.order.filter((one) => one.kind === 'run' && among.has(one.run) && !this.taken.has(one));
    let surplus = ended.length - keep;
    for (const one of ended) {
      if (surplus-- <= 0) return;
      this.take(one);
    }
  }

  /** @param before only what was written last before this time */
  takeBytes(among: ReadonlySet<KeptRun>, surplus: number, before = Infinity): void {
    const mine = this.order.filter((one) => among.has(one.run) && writtenAtMs(one) < before);
    let left = mine.reduce((rest, one) => (this.taken.has(one) ? rest - bytesOf(one) : rest), surplus);
    for (const one of mine) {
      if (left <= 0) return;
      if (this.taken.has(one)) continue;
      this.take(one);
      left -= bytesOf(one);
    }
  }

  private take(one: Forget): void {
    if (this.taken.has(one)) return;
    this.taken.add(one);
    this.list.push(one);
  }
}

function inOrder(runs: readonly KeptRun[]): Forget[] {
  const newest = new Map<string, KeptRun>();
  const byAge = [...runs].sort((a, b) => (a.run < b.run ? -1 : 1));
  for (const run of byAge) if (run.end !== null) newest.set(`${run.worker}/${run.process}`, run);
  const rank = (run: KeptRun): number => {
    if (run.end === null) return 3;
    if (run.exists && newest.get(`${run.worker}/${run.process}`) === run) return 2;
    return run.end === 'clean' ? 0 : 1;
  };
  return byAge
    .map((run) => ({ run, rank: rank(run) }))
    .sort((a, b) => a.rank - b.rank)
    .flatMap(({ run }): Forget[] =>
      run.end === null ? run.closed.map((segment) => ({ kind: 'segment', run, segment })) : [{ kind: 'run', run }],
    );
}

const writtenAtMs = (forget: Forget): number =>
  forget.kind === 'run' ? forget.run.writtenAtMs : forget.segment.writtenAtMs;

const bytesOf = (forget: Forget): number => (forget.kind === 'run' ? forget.run.diskBytes : forget.segment.diskBytes);

const sizeOf = (runs: Iterable<KeptRun>): number => [...runs].reduce((sum, { diskBytes }) => sum + diskBytes, 0);

function groups(runs: readonly KeptRun[], keyOf: (run: KeptRun) => string): Set<KeptRun>[] {
  const found = new Map<string, Set<KeptRun>>();
  for (const run of runs) found.set(keyOf(run), (found.get(keyOf(run)) ?? new Set()).add(run));
  return [...found.values()];
}
