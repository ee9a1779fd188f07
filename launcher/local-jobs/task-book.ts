/** All tasks of the local queue, in memory and on the disk: what is changed here is written down first, and then so. */
import type { JobId } from '../../protocol/jobs';
import { surplus } from '../core/local-jobs/retention';
import { isOver, isPending, type Task } from '../core/local-jobs/task';
import type { Log } from '../logging';
import type { TaskStore } from './task-store';

export class TaskBook {
  readonly #tasks = new Map<JobId, Task>();
  #pending = 0;
  #order = 0;

  /** @param changed something is otherwise than before */
  constructor(
    readonly store: TaskStore,
    private readonly log: Log,
    private readonly changed: () => void,
  ) {}

  /** What an earlier launcher left. */
  load(): void {
    const { tasks, unreadable } = this.store.load();
    if (unreadable > 0) this.log('warn', `${unreadable} lines of the local queue's journal could not be read`);
    for (const task of tasks) {
      this.#order = Math.max(this.#order, task.order);
      this.#set(task);
    }
  }

  get all(): Iterable<Task> {
    return this.#tasks.values();
  }

  get pending(): number {
    return this.#pending;
  }

  readonly find = (id: JobId): Task | undefined => this.#tasks.get(id);

  nextOrder(): number {
    return ++this.#order;
  }

  /** Throws where the disk refuses, and then nothing changed. */
  change(task: Task): void {
    this.store.save(task);
    this.#set(task);
    if (isOver(task)) this.#over(task);
    this.store.tidy(this.all);
    this.changed();
  }

  /** What the disk need not know, because it can be found out again. */
  note(task: Task): void {
    this.#set(task);
  }

  #over({ id, state }: Task): void {
    this.log('info', `local task ${id}: ${state.kind === 'failed' ? `failed (${state.error})` : state.kind}`);
    for (const task of surplus(this.all)) {
      if (this.store.forget(task.id)) this.#tasks.delete(task.id);
    }
  }

  #set(task: Task): void {
    const before = this.#tasks.get(task.id);
    this.#pending += Number(isPending(task)) - Number(before !== undefined && isPending(before));
    this.#tasks.set(task.id, task);
  }
}
