/** Output that the manager does not want any more is dropped, with a word; whatever else it answers, nothing is. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { connected, ended, forgetWord, runWord, started } from './jobs/job-words';
import { useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const refusal = (status: number, code: string) => ({ status, body: { error: `no more (${code})`, code } });
const held = (dataDir: string): number => readdirSync(join(dataDir, 'jobs/processes')).length;

test.each([
  [404, 'unknown_job'],
  [410, 'lease_expired'],
])('of a job that it has forgotten (%i %s): its files go, and it is not asked for again', async (status, code) => {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url });
  await connected(manager);
  manager.outputRefusals.set('job.j.1', refusal(status, code));
  manager.job(runWord('j', 'echo gone'));
  await ended(manager, 'j');
  manager.job(forgetWord('j'));
  await until('its files to go', 30_000, () => held(launcher.dataDir) === 0);
  await until('the log to say so', 30_000, () =>
    /output of job\.j\.1 \(run \w+\) is dropped: no more/.test(launcher.program.output),
  );
  const { outputsRefused } = manager;
  // Others are shipped meanwhile.
  manager.job(runWord('next', 'echo here'));
  const { run } = await ended(manager, 'next');
  await until('the next one', 30_000, () => manager.textOf(run ?? '') === 'here\n');
  expect(manager.outputsRefused).toBe(outputsRefused);
});

test('while it runs it is let be, and goes when it is over', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url });
  await connected(manager);
  manager.outputRefusals.set('job.j.1', refusal(404, 'unknown_job'));
  const gate = join(world.directory(), 'gate');
  manager.job(runWord('j', `echo one; until test -e ${gate}; do echo more; sleep 0.05; done`));
  await started(manager, 'j');
  await until('its refusal', 30_000, () => launcher.program.output.includes('is dropped'));
  const { outputsRefused } = manager;
  manager.job(runWord('opens', `sleep 0.5; touch ${gate}`));
  await ended(manager, 'j');
  expect(manager.outputsRefused).toBe(outputsRefused);
  manager.job(forgetWord('j'));
  await until(
    'its files to go',
    30_000,
    () => !readdirSync(join(launcher.dataDir, 'jobs/processes')).includes('job.j.1'),
  );
});

test.each([
  [404, 'unknown_worker'],
  [404, 'not_found'],
  [500, 'internal'],
])('nothing is lost by %i %s', async (status, code) => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url });
  await connected(manager);
  manager.outputRefusals.set('job.j.1', refusal(status, code));
  manager.job(runWord('j', 'echo kept'));
  const { run } = await ended(manager, 'j');
  await until('two refusals', 30_000, () => manager.outputsRefused > 1);
  manager.outputRefusals.clear();
  await until('the output', 30_000, () => manager.textOf(run ?? '') === 'kept\n');
});
