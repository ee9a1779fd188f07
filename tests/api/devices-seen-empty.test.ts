/** A device is handed on once it was seen empty after it was given back, whenever that was told. */
import { JobsHere } from './jobs-here';

let here: JobsHere;
beforeAll(async () => (here = await JobsHere.open({ slots: 2 })));
afterAll(() => here.close());

const device = {
  index: 0,
  uuid: 'GPU-0',
  name: 'Test 9000',
  memoryTotalBytes: 2 ** 34,
  memoryUsedBytes: 0,
  utilization: 0,
};
const machine = { cpus: 4, cpu: 0, memoryTotalBytes: 2 ** 34, memoryAvailableBytes: 2 ** 33, load1: 0, gpus: [device] };

/** @param gpusAgeMs since somebody looked at the device */
const beat = (gpusAgeMs: number): void =>
  here.launcher.say('beat', { atMs: 0, machine: { ...machine, gpusAgeMs }, usage: [], gone: [] });

test('a look from before does not count', async () => {
  const first = await here.submit({ command: 'x', needs: { gpus: 1 } });
  beat(0);
  await here.begun(first);
  const next = await here.submit({ command: 'x', needs: { gpus: 1 } });
  await here.ended(first);
  beat(60_000);
  await here.ended(first); // told again: behind the beat, on the same wire
  expect((await here.job(next)).state).toBe('queued');
  beat(0);
  await here.given(next);
});
