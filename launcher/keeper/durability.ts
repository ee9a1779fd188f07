/** Which changes of a record must outlive a power cut, which takes all processes with it but no wish of an operator. */
import type { Supervised } from '../core/supervisor-state';
import type { SupervisorEvent } from '../core/supervisor-words';

/** `at once`: before anything is done about it. `soon`: the launcher waits for it as little as anybody else does. */
export type Durability = 'no' | 'soon' | 'at once';

export function durabilityOf(event: SupervisorEvent, before: Supervised, after: Supervised): Durability {
  if (before.desired === after.desired && before.disabled === after.disabled) return 'no';
  // Lost, it would be running in the record: the next start starts it, as this word asks.
  if (event.kind === 'end') return 'no';
  // The launcher starts by itself what is listed to be, or was ended with everything. Lost, it would do so again.
  if (event.kind === 'start' && event.command === null) return 'soon';
  return 'at once';
}
