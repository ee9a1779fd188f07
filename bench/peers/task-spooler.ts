/** task-spooler (`tsp`): a queue of commands for one machine, its state in the memory of one small C daemon. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { monotonicMs } from '../monotonic';
import type { Rig } from '../rig';
import { Absent, debianPeer, libraryPath } from './install';

const run = promisify(execFile);

export class TaskSpooler {
  private constructor(
    private readonly tsp: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** @param slots jobs that run at once */
  static async start(rig: Rig, slots: number): Promise<TaskSpooler | Absent> {
    const root = await debianPeer('task-spooler');
    if (root instanceof Absent) return root;
    const own = { TS_SOCKET: rig.path('tsp.sock'), TMPDIR: rig.scratch, TS_MAXFINISHED: '100000' };
    const spooler = new TaskSpooler(join(root, 'usr', 'bin', 'tsp'), { ...process.env, ...libraryPath(root), ...own });
    // Its first call makes the daemon; `-K` is how it is ended.
    await spooler.#ask('-S', String(slots));
    rig.atEnd(() => spooler.#ask('-K'));
    return spooler;
  }

  /** Submits so many, by a client process each as its users do, and waits until all have ended. @returns ms */
  async cycle(jobs: number, command: string): Promise<number> {
    const startedMs = monotonicMs();
    // Ids are given in order, but of what runs at once the last to be given need not be the last to end.
    const script = `i=1; while [ $i -lt ${jobs} ]; do "$TSP" -n ${command} >/dev/null; i=$((i+1)); done; last=$("$TSP" -n ${command}); i=0; while [ $i -lt 8 ] && [ $last -ge 0 ]; do "$TSP" -w $last; last=$((last-1)); i=$((i+1)); done`;
    await run('/bin/sh', ['-c', script], { env: { ...this.env, TSP: this.tsp } });
    const ms = monotonicMs() - startedMs;
    await this.#ask('-C');
    return ms;
  }

  async #ask(...words: string[]): Promise<void> {
    await run(this.tsp, words, { env: this.env });
  }
}
