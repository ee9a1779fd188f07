/**
 * Which runs there are and how long each is. The files are the truth; a worker's are looked at once, when it is first
 * asked for, and from then on this table is, because nobody else writes there. All of it is synchronous, so that
 * comparing a length and claiming the run for an append is one step.
 */
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { RunId, type ProcessName, type WorkerId } from '../../../protocol/ids';
import type { RunRef } from '../../engine/log-store-port';
import { processDir, runPaths, workerDir, type RunPaths } from './paths';

/** One run's entry. Only append.ts, and a clear, change it. */
export interface StoredFile {
  readonly ref: RunRef;
  readonly paths: RunPaths;
  /** Bytes stored. */
  length: number;
  /** Readers begin here, see `clear`. */
  begin: number;
  /** An append is under way. */
  busy: boolean;
  /** Lines that came while `busy`; null = none. */
  waiting: Buffer[] | null;
  /** Forgotten while somebody still held it: write and read no further. */
  gone: boolean;
  /** The newest time in the index; -Infinity = not looked yet. */
  timedAtMs: number;
}

type Processes = Map<string, Map<string, StoredFile>>;

export class Catalogue {
  private readonly workers = new Map<string, Processes>();

  constructor(private readonly dir: string) {
    mkdirSync(dir, { recursive: true });
  }

  find(ref: RunRef): StoredFile | undefined {
    return this.worker(ref.worker).get(ref.process)?.get(ref.run);
  }

  findOrAdd(ref: RunRef): StoredFile {
    const processes = this.worker(ref.worker);
    let runs = processes.get(ref.process);
    if (!runs) processes.set(ref.process, (runs = new Map<string, StoredFile>()));
    let file = runs.get(ref.run);
    if (!file) runs.set(ref.run, (file = this.entry(ref, 0, 0)));
    return file;
  }

  processes(worker: WorkerId): ProcessName[] {
    return [...this.worker(worker).keys()].sort() as ProcessName[];
  }

  /** Oldest first: run ids sort by birth. */
  runs(worker: WorkerId, process: ProcessName): StoredFile[] {
    return [...(this.worker(worker).get(process)?.values() ?? [])].sort((a, b) => (a.ref.run < b.ref.run ? -1 : 1));
  }

  forgetRun({ worker, process, run }: RunRef): void {
    const runs = this.worker(worker).get(process);
    runs?.delete(run);
    if (runs?.size === 0) this.worker(worker).delete(process);
  }

  private worker(worker: WorkerId): Processes {
    let processes = this.workers.get(worker);
    if (!processes) this.workers.set(worker, (processes = this.look(worker)));
    return processes;
  }

  private look(worker: WorkerId): Processes {
    const processes: Processes = new Map();
    for (const process of foldersIn(workerDir(this.dir, worker)) as ProcessName[]) {
      const runs = new Map<string, StoredFile>();
      const names = new Set(readdirSync(processDir(this.dir, worker, process)));
      for (const name of names) {
        const run = RunId.safeParse(name.replace(/\.log$/, ''));
        if (!name.endsWith('.log') || !run.success) continue;
        const ref = { worker, process, run: run.data };
        const paths = runPaths(this.dir, ref);
        const begin = names.has(`${run.data}.start`) ? beginIn(paths.start) : 0;
        runs.set(run.data, this.entry(ref, statSync(paths.log).size, begin));
      }
      if (runs.size > 0) processes.set(process, runs);
    }
    return processes;
  }

  private entry(ref: RunRef, length: number, begin: number): StoredFile {
    const paths = runPaths(this.dir, ref);
    return { ref, paths, length, begin, busy: false, waiting: null, gone: false, timedAtMs: -Infinity };
  }
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((found) => (found.isDirectory() ? [found.name] : []));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A marker cut short by a power loss is as good as none: more is shown than was asked for, nothing is lost. */
function beginIn(path: string): number {
  const begin = Number(readFileSync(path, 'utf8'));
  return Number.isSafeInteger(begin) && begin >= 0 ? begin : 0;
}
