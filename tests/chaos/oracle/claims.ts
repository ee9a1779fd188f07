/**
 * What ProcGuard has claimed during a seed, held against what was so at that moment; and what nobody can know, because
 * the seed itself destroyed the only witness.
 */
import type { Part } from '../plan/cast';
import { keyOf, type Operator, type Order, type Verb } from '../stage/operator';
import type { Stage } from '../stage/stage';
import { machineMs } from './machine-clock';
import { lookAround } from './sightings';
import { readLives, type Life } from './truth';
import type { Verdict } from './verdict';

/** A child that was told to us by its pid may need this long to write its first word. */
const FIRST_WORD_MS = 15_000;

export interface Absence {
  readonly worker: string;
  readonly fromMs: number;
  toMs: number;
}

export class Claims {
  /** Runs whose end may be recorded as unknown. */
  readonly unknowable = new Set<string>();
  /** Runs that were over when the manager was restored from a backup. Null = it was not. */
  forgottenRuns: ReadonlySet<string> | null = null;
  /** Whose disk had trouble. */
  readonly troubledDisks = new Set<'manager' | 'launcher'>();

  /** When a launcher was killed or frozen, or got no core, and nobody kept its leases; by the machine's own clock. */
  readonly absences: Absence[] = [];

  /** A program was killed in a seed whose disk has trouble: it may have had to start on such a disk. */
  wasKilledInTrouble = false;

  constructor(
    private readonly stage: Stage,
    readonly operator: Operator,
    private readonly verdict: Verdict,
  ) {}

  livesOf(part: Pick<Part, 'worker' | 'process'>): Life[] {
    return readLives(this.stage.truthOf(part));
  }

  /** @returns it is back */
  away(worker: string): () => void {
    const absence = { worker, fromMs: machineMs(), toMs: Infinity };
    this.absences.push(absence);
    return () => void (absence.toMs = machineMs());
  }

  endIsUnknowable(run: string | null): void {
    if (run !== null) this.unknowable.add(run);
  }

  diskTrouble(whose: 'manager' | 'launcher'): void {
    this.troubledDisks.add(whose);
  }

  /** What the manager had heard since its backup is forgotten with it, unless its launcher still tells it. */
  restored(): void {
    const living = new Set(lookAround(this.stage.mark).map(({ run }) => run));
    const { cast, guests } = this.stage.schedule;
    const lives = [...cast.parts, ...guests].flatMap((part) => this.livesOf(part));
    this.forgottenRuns = new Set(lives.map(({ run }) => run).filter((run) => !living.has(run)));
  }

  /** Gives the order, and looks at once whether its answer is true. */
  async order(part: Part, verb: Verb, define?: unknown): Promise<Order> {
    const others = this.operator.of(part).length;
    const order = await this.operator.order(part, verb, define);
    // Another order for the same process makes any state right.
    const isAlone = this.operator.of(part).length === others + 1 && this.operator.pending(part).length === 0;
    if (order.answer?.kind === 'done' && isAlone) await this.#check(part, order);
    return order;
  }

  async #check(part: Part, { verb, answer }: Order): Promise<void> {
    if (answer?.kind !== 'done') return;
    if (verb === 'stop' || verb === 'kill' || verb === 'forget') {
      const runs = new Set(this.livesOf(part).map(({ run }) => run));
      const living = lookAround(this.stage.mark).filter(({ run }) => run !== null && runs.has(run));
      const { certificate } = answer;
      const left = certificate?.left.length ?? 0;
      this.verdict.check(
        'a verified stop leaves nothing',
        living.length === 0 || left > 0,
        () =>
          `${keyOf(part)}: ${verb} was answered "${answer.message}", and there lived ${living.map(({ pid, command }) => `${pid} ${command}`).join('; ')}`,
      );
      return;
    }
    const pid = Number(/pid (\d+)/.exec(answer.message)?.[1] ?? NaN);
    if (Number.isNaN(pid)) return;
    const deadline = performance.now() + FIRST_WORD_MS;
    let told = false;
    while (!told && performance.now() < deadline) {
      told = this.livesOf(part).some((life) => life.pid === pid);
      // Waiting for the witness's first word, and for nothing else.
      if (!told) await new Promise((done) => setTimeout(done, 5));
    }
    const wasDisturbed = this.operator.of(part).at(-1)?.answer !== answer;
    this.verdict.check(
      'what was told to run was born',
      told || wasDisturbed,
      () => `${keyOf(part)}: ${verb} was answered "${answer.message}", and pid ${pid} has written nothing`,
    );
  }
}
