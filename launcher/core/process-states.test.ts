/** The picture in docs/process-states.md shows exactly the arrows of the table. */
import { readFileSync } from 'node:fs';
import { step } from './supervisor';
import type { Supervised } from './supervisor-state';
import { EVENTS, SPEC, STATES, supervised, TURN } from './supervisor-samples';

const spent = { ...SPEC, restart: { ...SPEC.restart, maxRestarts: 0 } };
const never = { ...SPEC, restart: { ...SPEC.restart, when: 'never' as const } };

/** `running --> backoff: ended`, for every arrow that any sample takes. */
function arrowsOfTable(): Set<string> {
  const arrows = new Set<string>();
  for (const state of STATES)
    for (const event of EVENTS)
      for (const change of [{}, { spec: spent }, { spec: never }, { desired: 'stopped' as const }]) {
        const before: Supervised = supervised(state, change);
        const after = step(before, event, TURN).process.state;
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
