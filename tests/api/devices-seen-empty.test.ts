/** A device is handed on once it was seen empty after it was given back, whenever that was told. */
import { JobsHere } from './jobs-here';
import { DEVICE, MACHINE } from './told-machine';

let here: JobsHere;
beforeAll(async () => (here = await JobsHere.open({ slots: 2 })));
afterAll(() => here.close());

/** @param gpusAgeMs since somebody looked at the device */
const beat = (gpusAgeMs: number): void =>
  here.launcher.say('beat', { atMs: 0, machine: { ...MACHINE, gpus: [DEVICE], gpusAgeMs }, usage: [], gone: [] });

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
