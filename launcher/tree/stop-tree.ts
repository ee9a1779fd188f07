/**
 * Ends a run's tree and proves it: signal, grace, further signals, SIGKILL, verify. When each is due the supervisor's
 * timer says. The certificate lists what was seen, what was sent, and what is left.
 *
 * Gone means: two looks in a row found nothing, the second one thorough, and the run's exit is known or known to be
 * unknown. One look is not enough: a process in the middle of exec shows no environment.
 */
import type { Exit } from '../../protocol/exit';
import type { RunId } from '../../protocol/ids';
import type { StopCertificate } from '../../protocol/process-state';
import type { Clock } from '../clock';
import { lives } from '../process/identity';
import { signalOne } from '../process/signals';
import type { Member, Tree, TreeRoot } from './tree';

/** SIGKILL is repeated this long before what is left is reported. It is gone on with after that, at a slower pace. */
const KILL_PATIENCE_MS = 5_000;
/** A shim whose tree is empty has this long to write its record before it is ended too. */
const SHIM_PATIENCE_MS = 2_000;
/** The time of an exit may be that of a file, which the kernel takes from its last tick. */
const COARSE_MS = 10;
/** No more processes than this are listed in a certificate. */
const LISTED_MAX = 500;

export interface StopNews {
  gone(certificate: StopCertificate): void;
  /** At most once; `gone` may follow. */
  left(certificate: StopCertificate): void;
}

export interface StopSubject {
  readonly run: RunId;
  readonly root: TreeRoot;
  readonly tree: Tree;
  /** Null until it is settled how the run ended. */
  readonly exit: () => Exit | null;
  /** When an earlier launcher began this stop; null = it begins now. */
  readonly begunMs: number | null;
}

export class TreeStop {
  readonly #requestedAtMs: number;
  readonly #seen = new Map<string, { pid: number; command: string; goneAtMs: number | null }>();
  readonly #signals: { signal: string; afterMs: number; to: string }[] = [];
  /** Signals that are yet to be sent, in order. */
  readonly #due: string[] = [];
  /** What it began with. */
  #first = 'SIGKILL';
  #killedAtMs: number | null = null;
  #emptySinceMs: number | null = null;
  #leftTold = false;
  #isOver = false;
  #round = 0;
  #wakeUp: (() => void) | null = null;
  #woken = false;
  readonly #stopListening: () => void;

  constructor(
    private readonly subject: StopSubject,
    private readonly clock: Clock,
    private readonly news: StopNews,
  ) {
    this.#requestedAtMs = subject.begunMs ?? clock.now();
    this.#stopListening = subject.tree.onChange(() => this.wake());
  }

  /** Begins. `signal` null = at once SIGKILL. */
  begin(signal: string | null): void {
    this.#first = signal ?? 'SIGKILL';
    if (signal === null) this.#killedAtMs = this.clock.now();
    else this.#due.push(signal);
    // Without a grace the kill is asked for in the same breath, and is all that is sent.
    queueMicrotask(() => void this.#loop());
  }

  /** The grace of a step is over: the next one's signal, to whoever is left. */
  signal(signal: string): void {
    this.#due.push(signal);
    this.#round = 0;
    this.wake();
  }

  /** The last grace is over, or a person has none. Asked again after something was left, it is tried and told again. */
  kill(): void {
    this.#killedAtMs = this.clock.now();
    this.#leftTold = false;
    this.#round = 0;
    this.wake();
  }

  /** Something happened to the run (its leader ended): look now. */
  wake(): void {
    this.#woken = true;
    this.#wakeUp?.();
  }

  /** Lets go without touching anything. */
  release(): void {
    this.#isOver = true;
    this.#stopListening();
    this.wake();
  }

  async #loop(): Promise<void> {
    const { tree, exit } = this.subject;
    while (!this.#isOver) {
      this.#woken = false;
      if (this.#due.length > 0 || this.#killedAtMs !== null) await this.#send();
      const members = await tree.members(false);
      this.#note(members);
      if (members.length === 0 && exit() !== null) {
        const left = await tree.members(true);
        this.#note(left);
        if (left.length === 0) return this.#finish();
      } else if (members.length === 0) this.#hurryShim();
      else this.#emptySinceMs = null;
      if (members.length > 0) this.#tellLeft();
      await this.#pause();
    }
  }

  async #send(): Promise<void> {
    const { tree } = this.subject;
    if (this.#killedAtMs !== null) {
      this.#due.length = 0;
      const { seen, told } = await tree.kill();
      this.#note(seen);
      return this.#recordKill(told);
    }
    for (let signal = this.#due.shift(); signal !== undefined; signal = this.#due.shift()) {
      // A stopped process cannot react before it goes on.
      const { seen, told } = await tree.signal(signal, 'SIGCONT');
      this.#note(seen);
      this.#record(signal, told);
    }
  }

  /** SIGKILL is sent round after round; the first one to each is told. */
  #recordKill(told: readonly string[]): void {
    const isTold = (to: string): boolean => this.#signals.some((sent) => sent.signal === 'SIGKILL' && sent.to === to);
    this.#record(
      'SIGKILL',
      told.filter((to) => !isTold(to)),
    );
  }

  #record(signal: string, told: readonly string[]): void {
    const afterMs = this.clock.now() - this.#requestedAtMs;
    const room = Math.max(0, LISTED_MAX - this.#signals.length);
    this.#signals.push(...told.slice(0, room).map((to) => ({ signal, afterMs, to })));
  }

  #note(members: readonly Member[]): void {
    const nowMs = this.clock.now();
    const present = new Set(members.map(({ pid, startTicks }) => `${pid}/${startTicks}`));
    for (const [key, seen] of this.#seen)
      if (seen.goneAtMs === null && !present.has(key)) seen.goneAtMs = nowMs;
      else if (seen.goneAtMs !== null && present.has(key)) seen.goneAtMs = null;
    for (const { pid, startTicks, command } of members) {
      const key = `${pid}/${startTicks}`;
      if (!this.#seen.has(key) && this.#seen.size < LISTED_MAX) this.#seen.set(key, { pid, command, goneAtMs: null });
    }
  }

  /** The tree is empty and the shim has not said how it ended: stopped by a signal, or stuck in a write. */
  #hurryShim(): void {
    const { shim } = this.subject.root;
    this.#emptySinceMs ??= this.clock.now();
    if (shim === null || this.clock.now() - this.#emptySinceMs < SHIM_PATIENCE_MS) return;
    if (lives(shim) && signalOne(shim, 'SIGCONT') && signalOne(shim, 'SIGKILL'))
      this.#recordKill([`the shim, pid ${shim.pid}`]);
  }

  #tellLeft(): void {
    if (this.#leftTold || this.#killedAtMs === null || this.clock.now() - this.#killedAtMs < KILL_PATIENCE_MS) return;
    this.#leftTold = true;
    this.news.left(this.#certificate());
  }

  #finish(): void {
    this.release();
    this.news.gone(this.#certificate());
  }

  /** Where nobody was left to signal, an earlier launcher's signal was its end, unless it was over before that. */
  get #sent(): StopCertificate['signals'] {
    const { begunMs, exit } = this.subject;
    if (begunMs === null || this.#signals.length > 0) return [...this.#signals];
    if ((exit()?.atMs ?? begunMs) + COARSE_MS < begunMs) return [];
    return [{ signal: this.#first, afterMs: 0, to: 'its tree, by the launcher before this one' }];
  }

  #certificate(): StopCertificate {
    const { run, tree, exit } = this.subject;
    const seen = [...this.#seen.values()];
    return {
      run,
      requestedAtMs: this.#requestedAtMs,
      finishedAtMs: this.clock.now(),
      verifiedBy: tree.verifiedBy,
      seen,
      signals: this.#sent,
      left: seen.filter(({ goneAtMs }) => goneAtMs === null).map(({ pid, command }) => ({ pid, command })),
      exit: exit(),
    };
  }

  /** Until woken. Where no event tells that a tree became empty, the pause is short and grows: a poll, for want of one. */
  async #pause(): Promise<void> {
    if (this.#woken || this.#isOver) return;
    const grown = Math.min(2 ** this.#round++ * 2, this.#leftTold ? 1_000 : 200);
    const ms = this.subject.tree.evented && this.#killedAtMs === null ? Math.max(500, grown) : grown;
    await new Promise<void>((done) => {
      const timer = setTimeout(done, ms);
      this.#wakeUp = () => {
        clearTimeout(timer);
        done();
      };
    });
    this.#wakeUp = null;
  }
}
