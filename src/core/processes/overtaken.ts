/** Facts that were on their way when their launcher told its table, which is newer than they are. */
import type { ProcessState } from '../../../protocol/process-state';

/**
 * True of a state that by the table is over: taken as news, a run that has died would be running again. A crash, a stop or
 * an end between them is told, and moves the process back for as long as the facts after it need to bring it to the table.
 *
 * @param older the state in a fact that is older than the table
 * @param table the state in the table
 */
export const isOvertaken = (older: ProcessState, table: ProcessState): boolean =>
  'run' in older || older.kind === table.kind;
