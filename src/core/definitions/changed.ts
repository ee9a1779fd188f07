/** What became of a change: one entry for each process that was looked at, in the order of the plan. */
import type { CommandId } from '../../../protocol/ids';
import type { Planned } from './planned';
import type { Change } from './versions';

export interface CarriedOut {
  readonly planned: Planned;
  readonly notes: readonly string[];
  /** The last command for it, whose result says how it went; null = it is not touched. */
  readonly command: CommandId | null;
  readonly delivery: 'sent' | 'queued';
}

export interface Changed {
  /** Null = everything was so already. */
  readonly change: Change | null;
  readonly results: readonly CarriedOut[];
}
