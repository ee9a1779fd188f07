/**
 * Tasks on the disk: a directory each, with what is known of it and what it wrote. What is known is flushed before anything
 * is done about it, so a power cut takes no task that was answered for, and revives none that was cancelled.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JobId } from '../../protocol/jobs';
import type { OutputStream } from '../../protocol/output-stream';
import { withSecretsOpened, withSecretsSealed, type Sealer } from '../../protocol/sealed-env';
import { Task } from '../core/local-jobs/task';
import { discard } from '../store/discard';
import { flushDirectory, writeDurably } from '../store/durable-file';

const RECORD = 'task.json';

export class TaskStore {
  /** @param path a directory of its own */
  constructor(
    private readonly path: string,
    private readonly sealer: Sealer,
  ) {}

  /** In the order in which they were given. @returns also the names of those that cannot be read; they are left alone */
  load(): { readonly tasks: readonly Task[]; readonly unreadable: readonly string[] } {
    const tasks: Task[] = [];
    const unreadable: string[] = [];
    for (const name of namesIn(this.path)) {
      const task = this.#read(name);
      if (task === null) unreadable.push(name);
      else tasks.push(task);
    }
    return { tasks: tasks.sort((a, b) => a.order - b.order), unreadable };
  }

  #read(name: string): Task | null {
    try {
      const task = Task.parse(JSON.parse(readFileSync(join(this.path, name, RECORD), 'utf8')));
      return { ...task, wish: { ...task.wish, env: withSecretsOpened(holderOf(task), this.sealer).env } };
    } catch {
      return null;
    }
  }

  /** Throws where the disk refuses. */
  save(task: Task): void {
    const directory = this.#directory(task.id);
    if (mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined) flushDirectory(dirname(directory));
    const env = withSecretsSealed(holderOf(task), this.sealer).env;
    writeDurably(join(directory, RECORD), JSON.stringify({ ...task, wish: { ...task.wish, env } }));
  }

  /** Where what it wrote to a stream is kept. */
  outputFile(id: JobId, stream: OutputStream): string {
    return join(this.#directory(id), stream);
  }

  /** What it wrote, as far as it was kept. Empty = nothing, or it is not over. */
  async output(id: JobId): Promise<Readonly<Record<OutputStream, string>>> {
    const read = (stream: OutputStream): Promise<string> =>
      readFile(this.outputFile(id, stream), 'utf8').catch(() => '');
    const [stdout, stderr] = await Promise.all([read('stdout'), read('stderr')]);
    return { stdout, stderr };
  }

  /** Of an earlier try. */
  clearOutput(id: JobId): void {
    discard(this.outputFile(id, 'stdout'));
    discard(this.outputFile(id, 'stderr'));
  }

  remove(id: JobId): void {
    discard(this.#directory(id));
  }

  #directory(id: JobId): string {
    return join(this.path, id);
  }
}

const holderOf = ({ wish: { env } }: Task) => ({ env, secrets: [] });

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path).filter((name) => JobId.safeParse(name).success);
  } catch {
    return [];
  }
}
