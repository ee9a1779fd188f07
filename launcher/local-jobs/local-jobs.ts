/**
 * The launcher's own queue: tasks given on this machine, run on this machine, whether a manager is there or not, and told to
 * nobody. What comes next is decided in core/local-jobs/plan.ts, looked at whenever something changed or a delay is over.
 *
 * A task in a slot is a process of this launcher (attempts.ts): shim, output files, verified stops and adoption are those of
 * every process. They are kept apart in a directory of their own.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { JobId } from '../../protocol/jobs';
import type { LauncherFact } from '../../protocol/link';
import type { Sealer } from '../../protocol/sealed-env';
import { sentenceOf } from '../../protocol/sentence-of';
import { circleThrough } from '../core/local-jobs/dependencies';
import { failedUnborn, rejectedText } from '../core/local-jobs/outcome';
import { plan } from '../core/local-jobs/plan';
import { inState, isPending, isRunning, type Task, type TaskWish } from '../core/local-jobs/task';
import type { Keepers } from '../keeper/keepers';
import { after } from '../probes/long-timer';
import { DataDirectory } from '../store/data-directory';
import { Attempts, type AttemptsSettings, type Surroundings } from './attempts';
import { TaskBook } from './task-book';
import { TaskStore } from './task-store';

export interface LocalJobsSettings extends AttemptsSettings {
  /** `DataDirectory.localJobs`. */
  readonly path: string;
  readonly sealer: Sealer;
}

export type Submitted =
  | { readonly kind: 'taken'; readonly task: Task }
  /** The id is known, with another wish. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'circle'; readonly path: readonly JobId[] }
  | { readonly kind: 'full' };

/** Each is about a kilobyte of memory, and a small file. */
export const LOCAL_TASKS_PENDING_MAX = 10_000;
/** A disk that refused is asked again after this. */
const AGAIN_MS = 1_000;

export class LocalJobs {
  readonly #data: DataDirectory;
  readonly #book: TaskBook;
  readonly #attempts: Attempts;
  #callOffWake: (() => void) | null = null;
  #isLookPlanned = false;
  #mayStart = false;
  #isTroubled = false;

  /** @param isForOthers true when a fact of one of its processes was somebody else's business */
  constructor(
    private readonly settings: LocalJobsSettings,
    private readonly around: Surroundings,
    isForOthers: (fact: LauncherFact) => boolean,
  ) {
    this.#data = new DataDirectory(settings.path);
    const store = new TaskStore(settings.path, settings.sealer);
    this.#book = new TaskBook(store, around.log, () => this.#lookSoon());
    this.#attempts = new Attempts(settings, this.#data, this.#book, around, isForOthers);
    settings.slots.onFreed(() => this.#lookSoon());
  }

  /** An earlier launcher had a queue here. */
  get isThere(): boolean {
    return existsSync(this.settings.path);
  }

  get keepers(): Keepers {
    return this.#attempts.keepers;
  }

  get tasks(): Iterable<Task> {
    return this.#book.all;
  }

  find(id: JobId): Task | null {
    return this.#book.find(id) ?? null;
  }

  /** What it wrote, as far as it is kept; empty before it is over. */
  output(id: JobId): ReturnType<TaskStore['output']> {
    return this.#book.store.output(id);
  }

  /** Goes on where an earlier launcher was. @param maySpawn false = opened only to stop everything */
  open(maySpawn: boolean): void {
    this.#data.create();
    this.#book.load();
    this.#mayStart = maySpawn;
    this.#attempts.open(maySpawn);
    this.#lookSoon();
  }

  /** @param id null = one is minted. Throws where the disk refuses, and then it was not taken */
  submit(id: JobId | null, wish: TaskWish): Submitted {
    const known = id === null ? undefined : this.#book.find(id);
    if (known !== undefined)
      return JSON.stringify(known.wish) === JSON.stringify(wish)
        ? { kind: 'taken', task: known }
        : { kind: 'conflict' };
    const path = id === null ? null : circleThrough(id, wish.dependsOn, this.#book.find);
    if (path !== null) return { kind: 'circle', path };
    if (this.#book.pending >= LOCAL_TASKS_PENDING_MAX) return { kind: 'full' };
    const task: Task = {
      id: id ?? JobId.parse(randomUUID()),
      wish,
      createdAtMs: this.around.clock.now(),
      order: this.#book.nextOrder(),
      retryCount: 0,
      state: { kind: 'pending', notBeforeMs: null },
    };
    const against = this.#attempts.whyRejected(task);
    const taken = against === null ? task : failedUnborn(task, rejectedText(against), task.createdAtMs);
    this.#book.change(taken);
    return { kind: 'taken', task: taken };
  }

  /**
   * Resolves when nothing of it runs any more, or `withinMs` have passed. What is over stays as it is. Rejects where the disk
   * refuses, and then it goes on.
   */
  async cancel(task: Task, withinMs: number): Promise<Task> {
    if (isPending(task)) {
      const endedAtMs = this.around.clock.now();
      this.#book.change(inState(task, { kind: 'cancelled', startedAtMs: null, endedAtMs, exitCode: null }));
    } else if (isRunning(task)) {
      this.#attempts.askToEnd(task, 'cancelled');
      await this.#attempts.over(task.id, withinMs);
    }
    return this.#book.find(task.id) ?? task;
  }

  /** From now on nothing is started. */
  beginEnd(): void {
    this.#mayStart = false;
  }

  /** Lets go: the launcher ends, what runs goes on. */
  release(): void {
    this.#mayStart = false;
    this.#callOffWake?.();
    this.#attempts.release();
    this.#book.store.close();
  }

  #lookSoon(): void {
    if (this.#isLookPlanned || !this.#mayStart) return;
    this.#isLookPlanned = true;
    setImmediate(() => {
      this.#isLookPlanned = false;
      if (this.#mayStart) this.#lookSafely();
    });
  }

  #lookSafely(): void {
    try {
      this.#look();
      this.#isTroubled = false;
    } catch (error) {
      if (!this.#isTroubled)
        this.around.log('error', `local tasks cannot be written down: ${sentenceOf(error)}; trying again`);
      this.#isTroubled = true;
      this.#wakeAt(this.around.clock.now() + AGAIN_MS);
    }
  }

  #look(): void {
    const nowMs = this.around.clock.now();
    const slotsFree = this.settings.slots.free;
    const next = plan({ tasks: this.tasks, known: this.#book.find, slotsFree, nowMs });
    this.#wakeAt(next.wakeAtMs);
    for (const { task, why } of next.hopeless) this.#book.change(failedUnborn(task, why, nowMs));
    for (const task of next.starts) this.#attempts.start(task);
    for (const { victim } of next.preempts) this.#attempts.askToEnd(victim, 'preempted');
  }

  #wakeAt(atMs: number | null): void {
    this.#callOffWake?.();
    this.#callOffWake = atMs === null ? null : after(atMs - this.around.clock.now(), () => this.#lookSoon());
  }
}
