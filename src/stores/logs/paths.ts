/**
 * Where a stream's files lie. All begin with `<dir>/<worker>/<process>/<run>`, and those of stderr with `<run>-err`:
 *
 *   .log, .<offset>.log   a segment: the bytes as the child wrote them, from that offset on
 *   ....log.gz            a segment packed (packed-segment.ts)
 *   .times                when they arrived (time-index.ts)
 *   .start                where readers begin after a clear, in digits; absent = 0
 *   .gaps                 what was declared lost, a line each (gap-file.ts)
 *   .end                  of the run: `clean` or `failed`; absent = it lives, or nobody knows how it ended
 */
import { join } from 'node:path';
import type { OutputStream } from '../../../protocol/output-stream';
import type { RunRef } from '../../engine/log-store-port';

export interface StreamPaths {
  readonly stem: string;
  readonly times: string;
  readonly start: string;
  readonly gaps: string;
  readonly end: string;
}

export function streamPaths(dir: string, { worker, process, run, stream = 'stdout' }: RunRef): StreamPaths {
  const ofRun = join(processDir(dir, worker, process), segment(run));
  const stem = stream === 'stdout' ? ofRun : `${ofRun}-err`;
  return { stem, times: `${stem}.times`, start: `${stem}.start`, gaps: `${stem}.gaps`, end: `${ofRun}.end` };
}

export const plainPath = (stem: string, begin: number): string => `${stem}${begin === 0 ? '' : `.${begin}`}.log`;
export const packedPath = (stem: string, begin: number): string => `${plainPath(stem, begin)}.gz`;

/** What a file name in a process's folder says; null = not one of ours, or no segment. */
export interface SegmentName {
  readonly run: string;
  readonly stream: OutputStream;
  readonly begin: number;
  readonly form: 'plain' | 'packed';
}
const SEGMENT = /^([0-9]{13}[a-z2-7]{12})(-err)?(?:\.([0-9]+))?\.log(\.gz)?$/;
export function parseSegmentName(name: string): SegmentName | null {
  const parts = SEGMENT.exec(name);
  if (parts === null) return null;
  const [, run = '', err, begin = '0', gz] = parts;
  return {
    run,
    stream: err === undefined ? 'stdout' : 'stderr',
    begin: Number(begin),
    form: gz === undefined ? 'plain' : 'packed',
  };
}

/** A stream of which every byte was declared lost has no segment, and is known by its gaps alone. */
const GAPS = /^([0-9]{13}[a-z2-7]{12})(-err)?\.(?:gaps|start)$/;
export function parseStreamName(name: string): Pick<SegmentName, 'run' | 'stream'> | null {
  const parts = GAPS.exec(name);
  return parts === null ? null : { run: parts[1] ?? '', stream: parts[2] === undefined ? 'stdout' : 'stderr' };
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
