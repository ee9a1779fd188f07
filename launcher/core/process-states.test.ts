/** The picture in docs/process-states.md shows exactly the arrows of the table. */
import { readFileSync } from 'node:fs';
import { step } from './supervisor';
import type { Supervised, SupervisorState } from './supervisor-state';
import { EVENTS, SPEC, STATES, supervised, TURN, UNMET } from './supervisor-samples';

const spent = { ...SPEC, restart: { ...SPEC.restart, maxRestarts: 0 } };
const never = { ...SPEC, restart: { ...SPEC.restart, when: 'never' as const } };
const disabled = { by: 'ana', reason: '', sinceMs: 0, untilMs: TURN.nowMs };

/** Only what is stopped is drawn as disabled: everywhere else it is on its way there. */
const changesOf = ({ kind }: SupervisorState): Partial<Supervised>[] => [
  {},
  { spec: spent },
  { spec: never },
  { desired: 'stopped' },
  ...(kind === 'stopped' ? [{ disabled, desired: 'running' as const }] : []),
];

/** `running --> backoff: ended`, for every arrow that any sample takes. */
function arrowsOfTable(): Set<string> {
  const arrows = new Set<string>();
  for (const state of STATES)
    for (const event of EVENTS)
      for (const change of changesOf(state))
        for (const unmet of [[], [UNMET]]) {
          const after = step(supervised(state, change), event, { ...TURN, unmet }).process.state;
          if (after.kind !== state.kind) arrows.add(`${state.kind} --> ${after.kind}: ${event.kind}`);
        }
  return arrows;
}

test('the picture and the table show the same arrows', () => {
  const picture = readFileSync('docs/process-states.md', 'utf8');
  const drawn = new Set<string>();
  for (const [, from, to, events] of picture.matchAll(/^ {4}(\w+) --> (\w+): (.+)$/gm))
    for (const event of events?.split(', ') ?? []) drawn.add(`${from} --> ${to}: ${event}`);
  expect([...drawn].sort()).toEqual([...arrowsOfTable()].sort());
});
