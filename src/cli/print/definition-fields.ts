/** What `procguard status` tells of a definition: where it came from, what it waits for, what keeps it down. */
import type { ProcessView } from '../../../protocol/views';
import { localTime, zonedTime } from './amounts';

export function definitionFields(view: ProcessView): [name: string, value: string | null][] {
  const { ready, waiting_for: waits, depends_on: needs, unenforced, isolation = [] } = view;
  const conditions = Object.entries(needs).map(([process, condition]) => `${process} ${condition}`);
  return [
    ['ready', ready === false ? 'not yet' : null],
    ['waits for', joined(waits.map(({ key, condition, is }) => `${key} to be ${condition} (${is})`))],
    ['disabled', disabledBy(view)],
    ['needs', joined(conditions)],
    ['defined', givenBy(view)],
    ['held by', joined(isolation)],
    ['lacks', joined(unenforced)],
  ];
}

const joined = (parts: readonly string[]): string | null => (parts.length === 0 ? null : parts.join('; '));

function disabledBy({ disabled }: ProcessView): string | null {
  if (disabled === null) return null;
  const { by, reason, sinceMs, untilMs } = disabled;
  const until = untilMs === null ? 'until it is enabled' : `until ${zonedTime(untilMs)}`;
  return `by ${by}${reason === '' ? '' : `: ${reason}`}, since ${localTime(sinceMs)}, ${until}`;
}

function givenBy({ version, set }: ProcessView): string | null {
  if (version === null) return null;
  return `version ${version}${set === null ? '' : ` of the set ${set}`}`;
}
