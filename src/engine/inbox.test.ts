import { once, EventEmitter } from 'node:events';
import type { EngineCommand } from '../core/commands';
import { Inbox } from './inbox';

const asked = (command: EngineCommand) => ({
  command,
  mayNot: undefined,
  resolve: () => undefined,
  reject: () => undefined,
});
const MATCH = asked({ kind: 'match' });
const TICK = asked({ kind: 'tick' });
/** Longer than any test. */
const FOREVER_MS = 600_000;

function opened() {
  const turns = new EventEmitter();
  const inbox = new Inbox(() => turns.emit('turn', inbox.take()));
  return { inbox, next: async () => ((await once(turns, 'turn')) as [unknown])[0] };
}

test('what may wait is taken with what may not, in the order in which they came', async () => {
  const { inbox, next } = opened();
  inbox.put(MATCH, FOREVER_MS);
  const turn = next();
  inbox.put(TICK, null);
  inbox.put(MATCH, FOREVER_MS);
  expect(await turn).toEqual([MATCH, TICK, MATCH]);
  expect(inbox.isEmpty).toBe(true);
});

test('what may wait is taken by itself when nothing else comes', async () => {
  const { inbox, next } = opened();
  const turn = next();
  inbox.put(MATCH, 1);
  expect(await turn).toEqual([MATCH]);
});
