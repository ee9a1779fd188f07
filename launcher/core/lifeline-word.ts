/**
 * What a shim says through its lifeline, one word per line:
 * `child <stat line>` when the child is born, before it becomes the program;
 * `refused <why>` or `hindered <why>` when it cannot be born as it is to be (the second may pass by itself);
 * `container` when the trace of the run's container has changed (said by the program that keeps it, launcher/container);
 * `exit <status>` when it ended and was reaped. Then the end of the file: the shim is gone.
 */
import type { RunId } from '../../protocol/ids';
import { parseProcStat, type ProcStat } from './proc-stat';

export type LifelineWord =
  | { readonly kind: 'child'; readonly stat: ProcStat }
  | { readonly kind: 'unborn'; readonly why: string; readonly mayPass: boolean }
  | { readonly kind: 'container' }
  | { readonly kind: 'exit'; readonly status: number };

export const CONTAINER_WORD = 'container';

export function parseLifelineWord(line: string): LifelineWord | null {
  if (line.startsWith('exit ')) {
    const status = parseStatus(line.slice(5));
    return status === null ? null : { kind: 'exit', status };
  }
  if (line === CONTAINER_WORD) return { kind: 'container' };
  const unborn = /^(refused|hindered) (.*)$/.exec(line);
  if (unborn !== null) return { kind: 'unborn', why: unborn[2] ?? '', mayPass: unborn[1] === 'hindered' };
  const stat = line.startsWith('child ') ? parseProcStat(line.slice(6)) : null;
  return stat === null ? null : { kind: 'child', stat };
}

const parseStatus = (text: string): number | null => (/^\d{1,3}$/.test(text) ? Number(text) : null);

/**
 * The `exit` file of a run: its status and its id. A record without its newline was cut short by a full disk or a power cut:
 * it is none, and so is that of another run, which had the file before. Earlier versions wrote the status alone.
 */
export function parseExitRecord(text: string, run: RunId): number | null {
  const [first = '', second] = text.split('\n');
  if (second === undefined) return null;
  const [status = '', of] = first.split(' ');
  return of === run || (of === undefined && second === '') ? parseStatus(status) : null;
}
