/** Where a run's files lie: `<dir>/<worker>/<process>/<run>.{log,times,start}`. */
import { join } from 'node:path';
import type { RunRef } from '../../engine/log-store-port';

export interface RunPaths {
  /** The bytes, as the child wrote them. */
  readonly log: string;
  /** When they arrived (time-index.ts). */
  readonly times: string;
  /** The offset of a clear, in digits; absent = 0. */
  readonly start: string;
}

export function runPaths(dir: string, { worker, process, run }: RunRef): RunPaths {
  const stem = join(processDir(dir, worker, process), segment(run));
  return { log: `${stem}.log`, times: `${stem}.times`, start: `${stem}.start` };
}

export const workerDir = (dir: string, worker: string): string => join(dir, segment(worker));
export const processDir = (dir: string, worker: string, process: string): string =>
  join(dir, segment(worker), segment(process));

/** Things on their way to deletion. No id begins with a dot, so no worker is called this. */
export const trashDir = (dir: string): string => join(dir, '.trash');

/** ids.ts allows no name that leaves its folder; whoever went round it ends here and not in somebody else's file. */
function segment(name: string): string {
  if (!/^[A-Za-z0-9_][^/\\\0]*$/.test(name))
    throw new Error(`${JSON.stringify(name)} is no file name of the log store`);
  return name;
}
