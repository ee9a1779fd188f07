/**
 * What a shim says through its lifeline, one word per line:
 * `child <stat line>` when the child is born, before it becomes the program;
 * `refused <why>` or `hindered <why>` when it cannot be born as it is to be (the second may pass by itself);
 * `container` when the trace of the run's container has changed (said by the program that keeps it, launcher/container);
 * `exit <status>` when it ended and was reaped. Then the end of the file: the shim is gone.
 */
import { parseProcStat, type ProcStat } from './proc-stat';

export type LifelineWord =
  | { readonly kind: 'child'; readonly stat: ProcStat }
  | { readonly kind: 'unborn'; readonly why: string; readonly mayPass: boolean }
  | { readonly kind: 'container' }
  | { readonly kind: 'exit'; readonly status: number };

export const CONTAINER_WORD = 'container';

export function parseLifelineWord(line: string): LifelineWord | null {
  if (line.startsWith('exit ')) {
    const status = parseExitRecord(`${line.slice(5)}\n`);
    return status === null ? null : { kind: 'exit', status };
  }
  if (line === CONTAINER_WORD) return { kind: 'container' };
  const unborn = /^(refused|hindered) (.*)$/.exec(line);
  if (unborn !== null) return { kind: 'unborn', why: unborn[2] ?? '', mayPass: unborn[1] === 'hindered' };
  const stat = line.startsWith('child ') ? parseProcStat(line.slice(6)) : null;
  return stat === null ? null : { kind: 'child', stat };
}

/** The `exit` file of a run. A record without its newline was cut short by a full disk or a power cut: it is none. */
export function parseExitRecord(text: string): number | null {
  return /^\d{1,3}\n$/.test(text) ? Number(text) : null;
}
