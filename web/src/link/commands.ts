/** Commands to processes. Both wait: an answer says what became so, with the certificate of a stop. */
import type { BatchReply, CommandReply } from '../../../protocol/http';
import type { Act } from '../state/commands';
import { post } from './ask';
import { segment } from './address';

/** What a command takes beside its targets (protocol/http.ts). */
export interface Details {
  /** Of a disable. `until`: `2h`, or a date; absent = until somebody enables it. */
  readonly reason?: string;
  readonly until?: string;
  /** Of a restart of many: so many at a time. Seconds for each. */
  readonly rolling?: number;
  readonly timeout?: number;
}

export function commandOne(
  { workerId, process }: { readonly workerId: string; readonly process: string },
  act: Act,
  details: Details = {},
): Promise<CommandReply> {
  const worker = `workers/${segment(workerId)}`;
  const body = { process, wait: true, ...details };
  return act === 'disable' || act === 'enable'
    ? post(`${worker}/${act}`, body)
    : post(`${worker}/command`, { command: act, ...body });
}

export const commandMany = (keys: readonly string[], act: Act, details: Details = {}): Promise<BatchReply> =>
  post('batch', { selector: keys, command: act, wait: true, ...details });
