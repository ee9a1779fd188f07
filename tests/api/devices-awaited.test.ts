/** Nobody gives way for devices while those of a worker that has just begun are not known; and then somebody does. */
import { stopped } from '../harness/launcher-words';
import { JobsHere } from './jobs-here';
import type { ScriptedLauncher } from './scripted-launcher';
import { DEVICE, MACHINE } from './told-machine';

let here: JobsHere;
let begun: ScriptedLauncher;
beforeAll(async () => (here = await JobsHere.open({ slots: 2 })));
afterAll(async () => {
  begun.close();
  await here.close();
});

const beat = (launcher: ScriptedLauncher, gpus: Record<string, unknown>): void =>
  launcher.say('beat', { atMs: 0, machine: { ...MACHINE, ...gpus }, usage: [], gone: [] });

test('that it has none is told by a beat, and the one that holds the only device gives way', async () => {
  const low = await here.submit({ command: 'x', needs: { gpus: 1 }, priority: 9 });
  beat(here.launcher, { gpus: [DEVICE] });
  const attempt = await here.begun(low);
  begun = await JobsHere.launcher(here.manager, 'w2', { slots: 2 });
  const urgent = await here.submit({ command: 'x', needs: { gpus: 1 }, priority: 1 });
  expect((await here.job(low)).state).toBe('running');
  beat(begun, { gpus: null, gpuTrouble: 'nvidia-smi has not answered yet', gpusAgeMs: 1000 });
  // Behind the beat, on the same wire.
  await begun.sync(stopped);
  beat(here.launcher, { gpus: [DEVICE] });
  await here.submit({ command: 'x', priority: 9 });
  expect((await here.job(low)).state).toBe('running');
  beat(begun, { gpus: null });
  expect(await here.toldToStop(attempt)).toMatchObject({
    outcome: 'preempted',
    why: `gives way to job ${urgent} (priority 1)`,
  });
});
