/**
 * The launcher's own queue: tasks given on this machine, run on this machine, whether a manager is there or not.
 *
 * It is to its processes what the manager is to all others: it defines them, hears what becomes of them and forgets them
 * when it has what they wrote. So shim, output files, verified stops and adoption are those of every process. They are kept
 * apart in a directory of their own, and no fact of theirs goes to the manager.
 *
 * The order of an attempt: written down as running, then born; over and verified gone, then what it wrote is kept, then how
 * it ended is written down, then the process is forgotten and the slot given back. Whoever is killed in between finds on
 * the disk what was to come next.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandId, ProcessName, runBornAtMs } from '../../protocol/ids';
import type { JobId } from '../../protocol/jobs';
import type { LauncherFact } from '../../protocol/link';
import type { Sealer } from '../../protocol/sealed-env';
import { findInPath } from '../birth/program';
import { circleThrough } from '../core/local-jobs/dependencies';
import { afterAttempt, failedUnborn, rejectedText, type AttemptEnd } from '../core/local-jobs/outcome';
import { plan } from '../core/local-jobs/plan';
import { surplus } from '../core/local-jobs/retention';
import { inState, isOver, isPending, isRunning, type Task, type TaskIn, type TaskWish } from '../core/local-jobs/task';
import { goesOn, livingRun } from '../core/supervisor-state';
import type { Keeper } from '../keeper/keeper';
import { Keepers } from '../keeper/keepers';
import { after } from '../probes/long-timer';
import type { Slots } from '../slots';
import { DataDirectory } from '../store/data-directory';
import { attemptSpec } from './attempt-spec';
import { keepOutput } from './keep-output';
import { TaskStore } from './task-store';

export interface LocalJobsSettings {
  /** `DataDirectory.localJobs`. */
  readonly path: string;
  readonly slots: Slots;
  readonly sealer: Sealer;
  /** Of what a task wrote, kept of each stream. */
  readonly outputBytesMax: number;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
}

type Surroundings = Omit<ConstructorParameters<typeof Keepers>[1], 'tell' | 'outputBegan' | 'outputComplete'>;

export type Submitted =
  | { readonly kind: 'taken'; readonly task: Task }
  /** The id is known, with another wish. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'circle'; readonly path: readonly JobId[] }
  | { readonly kind: 'full' };

/** Pending tasks. Each is about a kilobyte of memory, and a file. */
export const LOCAL_TASKS_PENDING_MAX = 10_000;
/** A disk that refused is asked again after this. */
const AGAIN_MS = 1_000;

export class LocalJobs {
  readonly keepers: Keepers;
  readonly #data: DataDirectory;
  readonly #store: TaskStore;
  readonly #tasks = new Map<JobId, Task>();
  /** Processes of which something was told, to be looked at. */
  readonly #changed = new Set<string>();
  readonly #settling = new Set<JobId>();
  readonly #timeouts = new Map<JobId, () => void>();
  readonly #whenNotRunning = new Map<JobId, (() => void)[]>();
  #order = 0;
  #callOffWake: (() => void) | null = null;
  #isLookPlanned = false;
  #mayStart = false;
  #isTroubled = false;

  constructor(
    private readonly settings: LocalJobsSettings,
    private readonly around: Surroundings,
    /** True when the fact is somebody else's business. */
    isForOthers: (fact: LauncherFact) => boolean,
  ) {
    this.#data = new DataDirectory(settings.path);
    this.#store = new TaskStore(join(settings.path, 'tasks'), settings.sealer);
    this.keepers = new Keepers(this.#data, {
      ...around,
      tell: (fact) => void (isForOthers(fact) || this.#hear(fact)),
      outputBegan: () => {},
      outputComplete: () => {},
    });
    settings.slots.onFreed(() => this.#lookSoon());
  }

  /** An earlier launcher had a queue here. */
  get isThere(): boolean {
    return existsSync(this.settings.path);
  }

  get tasks(): Iterable<Task> {
    return this.#tasks.values();
  }

  find(id: JobId): Task | null {
    return this.#tasks.get(id) ?? null;
  }

  output(id: JobId): ReturnType<TaskStore['output']> {
    return this.#store.output(id);
  }

  /** Goes on where an earlier launcher was. @param maySpawn false = opened only to stop everything */
  open(maySpawn: boolean): void {
    this.#data.create();
    const { tasks, unreadable } = this.#store.load();
    for (const name of unreadable)
      this.around.log('warn', `the local task ${name} cannot be read (${this.settings.path}) and is left alone`);
    for (const task of tasks) {
      this.#tasks.set(task.id, task);
      this.#order = Math.max(this.#order, task.order);
      if (isRunning(task)) this.settings.slots.hold(task.id);
    }
    this.keepers.open([], { maySpawn, isWholeFile: false });
    this.#mayStart = maySpawn;
    for (const task of tasks) if (isRunning(task)) this.#resume(task);
    for (const { name } of this.keepers.all) this.#lookAt(name);
    this.#lookSoon();
  }

  #resume(task: TaskIn<'running'>): void {
    if (this.keepers.find(nameOf(task.id)) === null) return this.#neverBegan(task);
    if (task.state.ending !== null) this.#stop(task);
  }

  /** @param id null = one is minted */
  submit(id: JobId | null, wish: TaskWish): Submitted {
    const known = id === null ? undefined : this.#tasks.get(id);
    if (known !== undefined)
      return JSON.stringify(known.wish) === JSON.stringify(wish)
        ? { kind: 'taken', task: known }
        : { kind: 'conflict' };
    const task: Task = {
      id: id ?? (randomUUID() as string as JobId),
      wish,
      createdAtMs: this.around.clock.now(),
      order: ++this.#order,
      retryCount: 0,
      state: { kind: 'pending', notBeforeMs: null },
    };
    const path = circleThrough(task.id, wish.dependsOn, (other) => this.#tasks.get(other));
    if (path !== null) return { kind: 'circle', path };
    if ([...this.#tasks.values()].filter(isPending).length >= LOCAL_TASKS_PENDING_MAX) return { kind: 'full' };
    const against = this.#whyRejected(task);
    const taken = against === null ? task : failedUnborn(task, rejectedText(against), task.createdAtMs);
    this.#store.save(taken);
    this.#tasks.set(taken.id, taken);
    this.#lookSoon();
    return { kind: 'taken', task: taken };
  }

  /**
   * Resolves when nothing of it runs any more, or `withinMs` have passed. What is over already stays as it is.
   * Throws where the disk refuses.
   */
  async cancel(task: Task, withinMs: number): Promise<Task> {
    if (isPending(task)) {
      const endedAtMs = this.around.clock.now();
      this.#change(inState(task, { kind: 'cancelled', startedAtMs: null, endedAtMs, exitCode: null }));
    } else if (isRunning(task)) {
      this.#askToEnd(task, 'cancelled');
      await this.#notRunning(task.id, withinMs);
    }
    return this.#tasks.get(task.id) ?? task;
  }

  /** From now on nothing is started. */
  beginEnd(): void {
    this.#mayStart = false;
  }

  release(): void {
    this.#mayStart = false;
    this.#callOffWake?.();
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
    const task = this.#tasks.get(idOf(name));
    if (task === undefined || !isRunning(task)) return this.#forget(keeper);
    const run = livingRun(keeper.supervised);
    if (run !== null) return this.#runs(task, runBornAtMs(run));
    const { state, lastExit } = keeper.supervised;
    if (task.state.ending === null && state.kind === 'stopped') {
      // Everything here was stopped: it goes on with the launcher's next start.
      if (goesOn(keeper.supervised)) return;
      if (lastExit === null) return this.#neverBegan(task);
    }
    void this.#over(task, keeper);
  }

  /** Defined, or not even that, when an earlier launcher was killed. */
  #neverBegan(task: TaskIn<'running'>): void {
    this.#end(task, () => inState(task, { kind: 'pending', notBeforeMs: null }));
  }

  #runs(task: TaskIn<'running'>, startedAtMs: number): void {
    const { id, state, wish } = task;
    // Born a little later than it was written down, or anew after an end of everything. The run's id says when.
    if (state.startedAtMs !== startedAtMs) this.#tasks.set(id, inState(task, { ...state, startedAtMs }));
    this.#timeouts.get(id)?.();
    const leftMs = startedAtMs + wish.timeoutMs - this.around.clock.now();
    this.#timeouts.set(
      id,
      after(leftMs, () => this.#now(id, (now) => this.#askToEnd(now, 'timeout'))),
    );
  }

  async #over(task: TaskIn<'running'>, keeper: Keeper): Promise<void> {
    const { id } = task;
    if (this.#settling.has(id)) return;
    this.#settling.add(id);
    try {
      const run = this.#data.processDirectory(keeper.name).runs().at(-1);
      if (run !== undefined)
        for (const [stream, file] of [
          ['stdout', run.output],
          ['stderr', run.errors],
        ] as const)
          await keepOutput(file, this.#store.outputFile(id, stream), this.settings.outputBytesMax);
      const end = this.#endOf(task, keeper);
      // It may have been asked to end meanwhile.
      this.#now(id, (now) => this.#end(now, (nowMs) => afterAttempt(now, end, nowMs)));
    } catch (error) {
      this.#troubled(`what the local task ${id} wrote could not be kept`, error);
      setTimeout(() => this.#lookAt(keeper.name), AGAIN_MS).unref();
    } finally {
      this.#settling.delete(id);
    }
  }

  #endOf(task: Task, { supervised: { state, lastExit } }: Keeper): AttemptEnd {
    const wasBorn = state.kind !== 'failed' || state.exit !== null;
    return {
      exit: wasBorn ? (lastExit ?? ('exit' in state ? state.exit : null)) : null,
      // The policy is the queue's and not the process's.
      why: state.why.replace(/; the policy is never to restart$/, ''),
      rejected: wasBorn ? null : this.#whyRejected(task),
    };
  }

  /** Written down, then the process goes, then the slot. */
  #end(task: TaskIn<'running'>, becomes: (nowMs: number) => Task): void {
    this.#timeouts.get(task.id)?.();
    this.#timeouts.delete(task.id);
    this.#change(becomes(this.around.clock.now()));
    const keeper = this.keepers.find(nameOf(task.id));
    if (keeper !== null) this.#forget(keeper);
    this.settings.slots.release(task.id);
    for (const resolve of this.#whenNotRunning.get(task.id) ?? []) resolve();
    this.#whenNotRunning.delete(task.id);
    for (const { id } of surplus(this.tasks)) {
      this.#tasks.delete(id);
      this.#store.remove(id);
    }
  }

  /** Its runs are nobody's business any more, and then neither is the process. */
  #forget(keeper: Keeper): void {
    for (const { run } of this.#data.processDirectory(keeper.name).runs()) {
      keeper.endAcknowledged(run);
      keeper.outputShipped(run);
    }
    this.keepers.command({ kind: 'supersede', ...this.#asked(), process: keeper.name });
  }

  // What comes next.

  #lookSoon(): void {
    if (this.#isLookPlanned || !this.#mayStart) return;
    this.#isLookPlanned = true;
    setImmediate(() => {
      this.#isLookPlanned = false;
      try {
        if (this.#mayStart) this.#look();
        this.#isTroubled = false;
      } catch (error) {
        this.#troubled('a local task could not be written down', error);
        this.#wakeAt(this.around.clock.now() + AGAIN_MS);
      }
    });
  }

  #look(): void {
    const nowMs = this.around.clock.now();
    const known = (id: JobId): Task | undefined => this.#tasks.get(id);
    const next = plan({ tasks: this.tasks, known, slotsFree: this.settings.slots.free, nowMs });
    this.#wakeAt(next.wakeAtMs);
    for (const { task, why } of next.hopeless) this.#change(failedUnborn(task, why, nowMs));
    for (const task of next.starts) this.#start(task, nowMs);
    for (const { victim } of next.preempts) this.#askToEnd(victim, 'preempted');
  }

  #wakeAt(atMs: number | null): void {
    this.#callOffWake?.();
    this.#callOffWake = atMs === null ? null : after(atMs - this.around.clock.now(), () => this.#lookSoon());
  }

  #start(task: Task, nowMs: number): void {
    const against = this.#whyRejected(task);
    if (against !== null) return this.#change(failedUnborn(task, rejectedText(against), nowMs));
    if (!this.settings.slots.take(task.id)) return;
    try {
      this.#change(inState(task, { kind: 'running', startedAtMs: nowMs, ending: null }));
      this.#store.clearOutput(task.id);
      this.keepers.command({ kind: 'define', ...this.#asked(), spec: this.#specOf(task), start: true });
    } catch (error) {
      this.settings.slots.release(task.id);
      this.#tasks.set(task.id, task);
      throw error;
    }
  }

  #askToEnd(task: TaskIn<'running'>, ending: NonNullable<TaskIn<'running'>['state']['ending']>): void {
    const before = task.state.ending;
    // Cancelled while it gives way is cancelled: it must not come back.
    if (before !== null && (ending !== 'cancelled' || before === 'cancelled')) return;
    const ends: TaskIn<'running'> = { ...task, state: { ...task.state, ending } };
    this.#change(ends);
    this.#stop(ends);
  }

  #stop({ id }: Task): void {
    const keeper = this.keepers.find(nameOf(id));
    if (keeper === null) return;
    const process = keeper.name;
    this.keepers.command({ kind: 'control', ...this.#asked(), process, verb: 'stop', onlyRun: null });
  }

  #asked(): { readonly id: CommandId; readonly by: string; readonly why: string } {
    return { id: CommandId.parse(`local-${randomUUID()}`), by: 'the local queue', why: '' };
  }

  // Small words.

  /** Written down, then so. Throws where the disk refuses, and then nothing changed. */
  #change(task: Task): void {
    this.#store.save(task);
    this.#tasks.set(task.id, task);
    if (isOver(task)) this.around.log('info', `local task ${task.id}: ${wordsOn(task)}`);
    this.#lookSoon();
  }

  #now(id: JobId, act: (task: TaskIn<'running'>) => void): void {
    const task = this.#tasks.get(id);
    if (task !== undefined && isRunning(task)) act(task);
  }

  #notRunning(id: JobId, withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const callOff = after(withinMs, resolve);
      const waiting = this.#whenNotRunning.get(id) ?? [];
      this.#whenNotRunning.set(id, [...waiting, () => (callOff(), resolve())]);
    });
  }

  #whyRejected(task: Task): string | null {
    return this.keepers.whyRefused(this.#specOf(task));
  }

  #specOf(task: Task) {
    const listed = this.around.rules()?.commands ?? [];
    // Under a list of programs no shell is on the way: the words are looked at themselves.
    const shell = listed.length > 0 ? null : findInPath('bash', this.around.environment['PATH'] ?? '');
    return attemptSpec(task, { shell, graceMs: this.settings.graceMs });
  }

  #troubled(what: string, error: unknown): void {
    if (!this.#isTroubled) this.around.log('error', `${what}: ${(error as Error).message}; trying again`);
    this.#isTroubled = true;
  }
}

/** A task's process carries its id. */
const nameOf = (id: JobId): ProcessName => ProcessName.parse(id);
const idOf = (name: ProcessName): JobId => name as string as JobId;

function wordsOn({ state }: Task): string {
  return state.kind === 'failed' ? `failed (${state.error})` : state.kind;
}
