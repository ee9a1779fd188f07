/**
 * Tasks on the disk: what is known of them in one journal, flushed before anything is done about it, so that a power cut takes
 * no task that was answered for and revives none that was cancelled; what each wrote in files of its own.
 */
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { JobId } from '../../protocol/jobs';
import type { OutputStream } from '../../protocol/output-stream';
import { withSecretsOpened, withSecretsSealed, type Sealer } from '../../protocol/sealed-env';
import { Task } from '../core/local-jobs/task';
import { discard } from '../store/discard';
import { TaskJournal } from './task-journal';

const Line = z.union([z.object({ task: Task }), z.object({ forgotten: JobId })]);
type Line = z.infer<typeof Line>;

export class TaskStore {
  readonly #journal: TaskJournal;
  readonly #output: string;

  /** @param path a directory of its own */
  constructor(
    path: string,
    private readonly sealer: Sealer,
  ) {
    this.#journal = new TaskJournal(join(path, 'tasks.jsonl'));
    this.#output = join(path, 'output');
  }

  /** In the order in which they were given. `unreadable`: lines that could not be understood, which are dropped. */
  load(): { readonly tasks: readonly Task[]; readonly unreadable: number } {
    const { lines, unreadable } = this.#journal.load();
    const tasks = new Map<JobId, Task>();
    let misunderstood = unreadable;
    for (const line of lines) {
      const { data } = Line.safeParse(line);
      if (data === undefined) misunderstood += 1;
      else if ('task' in data) tasks.set(data.task.id, this.#opened(data.task));
      else tasks.delete(data.forgotten);
    }
    const ordered = [...tasks.values()].sort((a, b) => a.order - b.order);
    return { tasks: ordered, unreadable: misunderstood };
  }

  /** Throws where the disk refuses, and then it is not saved. */
  save(task: Task): void {
    this.#journal.append({ task: this.#sealed(task) } satisfies Line);
  }

  /** Where much of what stands there was overtaken, it is left out. @param tasks all of them */
  tidy(tasks: Iterable<Task>): void {
    if (!this.#journal.isLong) return;
    try {
      this.#journal.rewrite([...tasks].map((task): Line => ({ task: this.#sealed(task) })));
    } catch {
      // The longer one is as true. It is tried again with the next change.
    }
  }

  /** Where what it wrote to a stream is kept. */
  outputFile(id: JobId, stream: OutputStream): string {
    return join(this.#directory(id), stream);
  }

  /** Room for what it writes, with nothing in it of an earlier try. */
  beginOutput(id: JobId): void {
    discard(this.#directory(id));
    mkdirSync(this.#directory(id), { recursive: true, mode: 0o700 });
  }

  /** What it wrote, as far as it was kept. Empty = nothing, or it is not over. */
  async output(id: JobId): Promise<Readonly<Record<OutputStream, string>>> {
    const read = (stream: OutputStream): Promise<string> =>
      readFile(this.outputFile(id, stream), 'utf8').catch(() => '');
    const [stdout, stderr] = await Promise.all([read('stdout'), read('stderr')]);
    return { stdout, stderr };
  }

  /** False = the disk refuses, and it is still there. */
  forget(id: JobId): boolean {
    try {
      this.#journal.append({ forgotten: id } satisfies Line);
    } catch {
      return false;
    }
    discard(this.#directory(id));
    return true;
  }

  close(): void {
    this.#journal.close();
  }

  #directory(id: JobId): string {
    return join(this.#output, id);
  }

  readonly #sealed = (task: Task): Task => withEnv(task, withSecretsSealed(holderOf(task), this.sealer).env);
  readonly #opened = (task: Task): Task => withEnv(task, withSecretsOpened(holderOf(task), this.sealer).env);
}

const holderOf = ({ wish: { env } }: Task) => ({ env, secrets: [] });
const withEnv = (task: Task, env: Task['wish']['env']): Task => ({ ...task, wish: { ...task.wish, env } });
