import { once, EventEmitter } from 'node:events';
import { Alarm } from './alarm';

/** Longer than any test. */
const FOREVER_MS = 600_000;

function opened() {
  const rings = new EventEmitter();
  return { alarm: new Alarm(() => void rings.emit('ring')), ring: () => once(rings, 'ring') };
}

test('it rings for the nearest, also when that was said first', async () => {
  const { alarm, ring } = opened();
  const early = ring();
  alarm.set(1, 0);
  alarm.set(FOREVER_MS, 0);
  await early;
  const nearer = ring();
  alarm.set(FOREVER_MS, 10);
  alarm.set(1, 10);
  await nearer;
});

test('once nothing is due it keeps nobody waiting', async () => {
  const { alarm, ring } = opened();
  alarm.set(FOREVER_MS, 0);
  alarm.set(null, 0);
  const later = ring();
  alarm.set(1, 0);
  await later;
});
