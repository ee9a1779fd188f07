import { setImmediate as nextTurn, setTimeout as passed } from 'node:timers/promises';
import { watchPulse } from './pulse';

const BLOCK_MS_MAX = 200;
const LOOK_MS = BLOCK_MS_MAX / 4;

let beats: Int32Array;
let caught: number;
let watch: NodeJS.Timeout;
beforeEach(() => {
  const pulse = new SharedArrayBuffer(8);
  beats = new Int32Array(pulse);
  caught = 0;
  watch = watchPulse(pulse, BLOCK_MS_MAX, () => (caught += 1));
});
afterEach(() => clearInterval(watch));

const begin = (): void => {
  Atomics.add(beats, 0, 1);
  Atomics.store(beats, 1, 1);
};
const done = (): void => void Atomics.store(beats, 1, 0);

test('a thread that stays at one block is caught, and once', async () => {
  begin();
  while (caught === 0) await passed(LOOK_MS);
  await passed(3 * BLOCK_MS_MAX);
  expect(caught).toBe(1);
});

test('one that goes on, or has nothing to do, is not', async () => {
  for (let look = 0; look < 10; look++) {
    begin();
    await passed(LOOK_MS);
    if (look % 2 === 0) done();
  }
  done();
  await passed(3 * BLOCK_MS_MAX);
  expect(caught).toBe(0);
});

test('time in which this program was not let run is not the thread’s', async () => {
  begin();
  await passed(1.2 * LOOK_MS);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 * BLOCK_MS_MAX);
  // The look that is late comes first.
  await passed(1);
  await nextTurn();
  done();
  await passed(3 * BLOCK_MS_MAX);
  expect(caught).toBe(0);
});
