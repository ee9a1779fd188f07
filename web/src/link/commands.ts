/** Commands to processes. Both wait: an answer says what became so, with the certificate of a stop. */
import type { BatchReply, CommandReply } from '../../../protocol/http';
import type { Verb } from '../state/commands';
import { post } from './ask';
import { segment } from './address';

export const commandOne = (target: { workerId: string; process: string }, verb: Verb): Promise<CommandReply> =>
  post(`workers/${segment(target.workerId)}/command`, { command: verb, process: target.process, wait: true });

export const commandMany = (keys: readonly string[], verb: Verb): Promise<BatchReply> =>
  post('batch', { selector: keys, command: verb, wait: true });
