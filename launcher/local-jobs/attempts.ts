/**
 * The running side of the local queue: it is to its processes what the manager is to all others. It defines them, hears
 * what becomes of them, and forgets them when it has what they wrote.
 *
 * The order of an attempt: written down as running, then born; over and verified gone, then what it wrote is kept, then how
 * it ended is written down, then the process is forgotten and the slot given back. Whoever is killed in between finds on
 * the disk what was to come next.
 */
import { randomUUID } from 'node:crypto';
import { CommandId, ProcessName, runBornAtMs } from '../../protocol/ids';
import { unknownExit } from '../../protocol/exit';
import type { JobId } from '../../protocol/jobs';
import type { LauncherFact } from '../../protocol/link';
import type { ProcessSpec } from '../../protocol/process-spec';
import { sentenceOf } from '../../protocol/sentence-of';
import { findInPath } from '../birth/program';
import { afterAttempt, failedUnborn, rejectedText, type AttemptEnd } from '../core/local-jobs/outcome';
import { inState, isRunning, type Task, type TaskIn } from '../core/local-jobs/task';
import { withoutPolicy } from '../core/policy-words';
import { goesOn, livingRun } from '../core/supervisor-state';
import type { Keeper } from '../keeper/keeper';
import { Keepers } from '../keeper/keepers';
import { after } from '../probes/long-timer';
import type { Slots } from '../slots';
import type { DataDirectory } from '../store/data-directory';
import { attemptSpec } from './attempt-spec';
import { keepOutput } from './keep-output';
import type { TaskBook } from './task-book';

export interface AttemptsSettings {
  readonly slots: Slots;
  /** Of what a task wrote, kept of each stream. */
  readonly outputBytesMax: number;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
}

/** What a house of processes needs of the launcher, its words apart. */
export type Surroundings = Omit<
  ConstructorParameters<typeof Keepers>[1],
  'role' | 'tell' | 'outlivesPowerCut' | 'outputBegan' | 'outputComplete'
>;

type Ending = NonNullable<TaskIn<'running'>['state']['ending']>;

/** A disk that refused is asked again after this. */
const AGAIN_MS = 1_000;

export class Attempts {
  readonly keepers: Keepers;
  /** Processes of which something was told, to be looked at. */
  readonly #changed = new Set<string>();
  readonly #settling = new Set<JobId>();
  readonly #timeouts = new Map<JobId, () => void>();
  readonly #whenOver = new Map<JobId, (() => void)[]>();
  #isTroubled = false;

  /** @param isForOthers true when the fact was somebody else's business */
  constructor(
    private readonly settings: AttemptsSettings,
    private readonly data: DataDirectory,
    private readonly book: TaskBook,
    private readonly around: Surroundings,
    isForOthers: (fact: LauncherFact) => boolean,
  ) {
    this.keepers = new Keepers(data, {
      ...around,
      role: 'local-job',
      // Here a fact ends: none of them goes to the manager, and neither does what these processes write.
      tell: (fact) => void (isForOthers(fact) || this.#hear(fact)),
      // The queue's own journal says what is wanted; after a power cut there is no process whose record could matter.
      outlivesPowerCut: false,
      outputBegan: () => {},
      outputComplete: () => {},
    });
  }

  /** Adopts what runs, and takes up what an earlier launcher was doing. */
  open(maySpawn: boolean): void {
    for (const task of this.book.all) if (isRunning(task)) this.settings.slots.hold(task.id);
    this.keepers.open([], { maySpawn, isWholeFile: false });
    for (const task of [...this.book.all]) if (isRunning(task)) this.#resume(task);
    for (const { name } of this.keepers.all) this.#lookAt(name);
  }

  #resume(task: TaskIn<'running'>): void {
    if (this.keepers.find(nameOf(task.id)) === null)
      return task.state.bootId === this.around.machine.bootId ? this.#neverBegan(task) : this.#wentDown(task);
    if (task.state.ending !== null) this.#stop(task);
  }

  /** What the machine's owner has against it now; null = nothing. */
  whyRejected(task: Task): string | null {
    return this.keepers.whyRefused(this.#specOf(task));
  }

  /** Into a free slot. Throws where the disk refuses, and then nothing was begun. */
  start(task: Task): void {
    const nowMs = this.around.clock.now();
    const against = this.whyRejected(task);
    if (against !== null) return this.book.change(failedUnborn(task, rejectedText(against), nowMs));
    if (!this.settings.slots.take(task.id)) return;
    try {
      this.book.change(
        inState(task, { kind: 'running', startedAtMs: nowMs, ending: null, bootId: this.around.machine.bootId }),
      );
      this.book.store.beginOutput(task.id);
      this.keepers.command({ kind: 'define', ...asked(), spec: this.#specOf(task), start: true });
    } catch (error) {
      this.settings.slots.release(task.id);
      this.book.note(task);
      throw error;
    }
  }

  /** Written down, then done: who is killed in between goes on with it. Throws where the disk refuses. */
  askToEnd(task: TaskIn<'running'>, ending: Ending): void {
    const before = task.state.ending;
    // Cancelled while it gives way is cancelled: it must not come back.
    if (before !== null && (ending !== 'cancelled' || before === 'cancelled')) return;
    const ends: TaskIn<'running'> = { ...task, state: { ...task.state, ending } };
    this.book.change(ends);
    this.#stop(ends);
  }

  #stop({ id }: Task): void {
    const process = nameOf(id);
    if (this.keepers.find(process) !== null)
      this.keepers.command({ kind: 'control', ...asked(), process, verb: 'stop', onlyRun: null });
  }

  /** Resolves when nothing of it runs any more, or `withinMs` have passed. */
  over(id: JobId, withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const callOff = after(withinMs, resolve);
      const waiting = this.#whenOver.get(id) ?? [];
      this.#whenOver.set(id, [...waiting, () => (callOff(), resolve())]);
    });
  }

  release(): void {
    for (const callOff of this.#timeouts.values()) callOff();
    this.keepers.release();
  }

  // What is told of processes, looked at outside the turn in which it was told.

  #hear(fact: LauncherFact): void {
    if (fact.kind === 'process.changed') this.#lookAt(fact.report.name);
    else if (fact.kind === 'run.ended') this.#lookAt(fact.process);
  }

  #lookAt(process: string): void {
    this.#changed.add(process);
    if (this.#changed.size > 1) return;
    setImmediate(() => {
      const names = [...this.#changed];
      this.#changed.clear();
      for (const name of names) this.#settle(ProcessName.parse(name));
    });
  }

  #settle(name: ProcessName): void {
    const keeper = this.keepers.find(name);
    if (keeper === null) return;
    const task = this.book.find(idOf(name));
    if (task === undefined || !isRunning(task)) return this.#forget(keeper);
    const run = livingRun(keeper.supervised);
    if (run !== null) return this.#runs(task, runBornAtMs(run));
    const { state, lastExit } = keeper.supervised;
    if (task.state.ending === null && state.kind === 'stopped') {
      // Everything here was stopped: it goes on with the launcher's next start.
      if (goesOn(keeper.supervised)) return;
      if (lastExit === null) return this.#neverBegan(task);
    }
    void this.#ended(task, keeper);
  }

  /** It was written down as running, and its launcher was killed before it was born. */
  #neverBegan(task: TaskIn<'running'>): void {
    this.#end(task, inState(task, { kind: 'pending', notBeforeMs: null }));
  }

  /** The machine was restarted, and what was known of the process was not yet on the disk: how far it came, nobody knows. */
  #wentDown(task: TaskIn<'running'>): void {
    const atMs = this.around.clock.now();
    const exit = unknownExit(atMs);
    this.#end(task, afterAttempt(task, { exit, why: 'the machine was restarted while it ran', rejected: null }, atMs));
  }

  #runs(task: TaskIn<'running'>, startedAtMs: number): void {
    const { id, state, wish } = task;
    // Born a little later than it was written down, or anew after an end of everything. The run's id says when.
    if (state.startedAtMs !== startedAtMs) this.book.note({ ...task, state: { ...state, startedAtMs } });
    this.#timeouts.get(id)?.();
    const leftMs = startedAtMs + wish.timeoutMs - this.around.clock.now();
    this.#timeouts.set(
      id,
      after(leftMs, () => this.#timedOut(id)),
    );
  }

  #timedOut(id: JobId): void {
    const task = this.book.find(id);
    if (task === undefined || !isRunning(task)) return;
    try {
      this.askToEnd(task, 'timeout');
    } catch (error) {
      this.#troubled(`the time of the local task ${id} is over, which cannot be written down`, error);
      this.#timeouts.set(
        id,
        after(AGAIN_MS, () => this.#timedOut(id)),
      );
    }
  }

  async #ended({ id }: Task, keeper: Keeper): Promise<void> {
    if (this.#settling.has(id)) return;
    this.#settling.add(id);
    try {
      await this.#keepWhatItWrote(id, keeper.name);
      // It may have been asked to end meanwhile.
      const task = this.book.find(id);
      if (task !== undefined && isRunning(task))
        this.#end(task, afterAttempt(task, this.#endOf(task, keeper), this.around.clock.now()));
      this.#isTroubled = false;
    } catch (error) {
      this.#troubled(`what became of the local task ${id} cannot be written down`, error);
      setTimeout(() => this.#lookAt(keeper.name), AGAIN_MS).unref();
    } finally {
      this.#settling.delete(id);
    }
  }

  async #keepWhatItWrote(id: JobId, process: ProcessName): Promise<void> {
    const run = this.data.processDirectory(process).runs().at(-1);
    if (run === undefined) return;
    const { store } = this.book;
    await keepOutput(run.output, store.outputFile(id, 'stdout'), this.settings.outputBytesMax);
    await keepOutput(run.errors, store.outputFile(id, 'stderr'), this.settings.outputBytesMax);
  }

  #endOf(task: Task, { supervised: { state } }: Keeper): AttemptEnd {
    const exit = 'exit' in state ? state.exit : null;
    return {
      exit,
      why: withoutPolicy(state.why),
      rejected: exit === null ? this.whyRejected(task) : null,
    };
  }

  #end({ id }: Task, becomes: Task): void {
    this.book.change(becomes);
    this.#timeouts.get(id)?.();
    this.#timeouts.delete(id);
    const keeper = this.keepers.find(nameOf(id));
    if (keeper !== null) this.#forget(keeper);
    this.settings.slots.release(id);
    for (const resolve of this.#whenOver.get(id) ?? []) resolve();
    this.#whenOver.delete(id);
  }

  /** Its runs are nobody's business any more, and then neither is the process. */
  #forget(keeper: Keeper): void {
    for (const { run } of this.data.processDirectory(keeper.name).runs()) {
      keeper.endAcknowledged(run);
      keeper.outputShipped(run);
    }
    this.keepers.command({ kind: 'supersede', ...asked(), process: keeper.name });
  }

  #specOf(task: Task): ProcessSpec {
    const listed = this.around.rules()?.commands ?? [];
    // Under a list of programs no shell is on the way: the words are looked at themselves.
    const shell = listed.length > 0 ? null : findInPath('bash', this.around.environment['PATH'] ?? '');
    return attemptSpec(task, { shell, graceMs: this.settings.graceMs });
  }

  #troubled(what: string, error: unknown): void {
    if (!this.#isTroubled) this.around.log('error', `${what}: ${sentenceOf(error)}; trying again`);
    this.#isTroubled = true;
  }
}

const asked = (): { readonly id: CommandId; readonly by: string; readonly why: string } => ({
  id: CommandId.parse(`local-${randomUUID()}`),
  by: 'the local queue',
  why: '',
});

/** A task's process carries its id. */
const nameOf = (id: JobId): ProcessName => ProcessName.parse(id);
const idOf = (name: ProcessName): JobId => name as string as JobId;
