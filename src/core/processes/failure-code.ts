/** Why a command was not done, as a code. */
import type { ErrorCode } from '../../../protocol/errors';
import type { CommandResult } from '../../../protocol/link';

/** Asking again helps against the one, and never against the other. */
export const failureCode = ({ refusedBy }: CommandResult): Extract<ErrorCode, 'command_failed' | 'refused_by_rule'> =>
  refusedBy === undefined ? 'command_failed' : 'refused_by_rule';
