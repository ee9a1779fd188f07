/** The first moments of one attempt's run, without a keeper: heard until it is over, or is handed to one. */
import { exitOfStatus, type Exit } from '../../protocol/exit';
import type { RunId } from '../../protocol/ids';
import type { AttemptId } from '../../protocol/jobs';
import type { ProcessSpec } from '../../protocol/process-spec';
import type { Birth } from '../birth/wanted';
import type { Clock } from '../clock';
import { causeOf } from '../core/exit-cause';
import type { LifelineWord } from '../core/lifeline-word';
import type { ProcStat } from '../core/proc-stat';
import type { LifelineListener } from '../process/lifeline';
import type { Lane } from './lane';

/** One that is not over by then is a run like every other. */
const SHORT_MS = 50;

export interface SprintNews {
  /** It is over, and nothing of it is left but what it wrote. */
  readonly over: (sprint: Sprint, exit: Exit) => void;
  /** Nobody was born, and why is found out by a birth like every other. */
  readonly unborn: (sprint: Sprint) => void;
  /** It is more than a sprint's business. */
  readonly lasting: (sprint: Sprint) => void;
}

export class Sprint implements LifelineListener {
  /** How its leader ended; null = it has not. */
  status: number | null = null;
  isShimGone = false;
  /** The machine's count when it began; null = not known. */
  memoryKills: number | null = null;
  #beganAtMs = 0;
  #child: ProcStat | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    readonly attempt: AttemptId,
    readonly spec: ProcessSpec,
    readonly run: RunId,
    readonly birth: Birth,
    readonly lane: Lane,
    private readonly clock: Clock,
    private readonly news: SprintNews,
  ) {}

  /** Throws where its order cannot be written: then nobody is born. */
  begin(): void {
    const steps = { ...this.birth.steps, joins: [], stdin: null, privateDir: null, runDirectory: null };
    const { cgroup } = this.lane.shim;
    this.lane.give({ run: this.run, bornAtMs: this.clock.now(), cgroup, steps }, this.birth);
    this.#beganAtMs = performance.now();
    this.lookAfter(SHORT_MS);
  }

  /** Since its order was given. */
  get ageMs(): number {
    return performance.now() - this.#beganAtMs;
  }

  /** Who was born; null = nobody yet. */
  get child(): ProcStat | null {
    return (this.#child ??= this.lane.birthOf(this.run)?.child ?? null);
  }

  word(word: LifelineWord): void {
    // Told only where the disk refuses the record of it.
    if (word.kind === 'child') this.#child = word.stat;
    if (word.kind !== 'exit') return;
    if (this.child === null) return this.news.unborn(this);
    this.status = word.status;
    const exit = exitOfStatus(word.status, this.clock.now());
    // Who sent a signal takes witnesses.
    if (exit.signal !== null || !this.lane.isClear) return this.news.lasting(this);
    this.news.over(this, { ...exit, cause: causeOf(exit, false, { by: 'nobody' }) });
  }

  /** Its shim is gone. */
  over(): void {
    this.isShimGone = true;
    this.news.lasting(this);
  }

  /** It lasts, if nothing is heard of it until then. */
  lookAfter(ms: number): void {
    this.release();
    this.#timer = setTimeout(() => this.news.lasting(this), ms);
  }

  release(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
