/** Launchers that leave: one job and away, and SIGTERM that lets jobs come to their end. */
import { isAlive } from '../../harness/leftovers';
import { startLauncher } from '../../harness/launcher';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { useTinyManager } from '../tiny-manager';
import { connected, ended, forgetWord, runWord, started } from './job-words';

const world = useWorld();
const managerOf = useTinyManager(world);

test('ephemeral: one slot, none once its job has begun, and it ends when the manager has end and output', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: ['--ephemeral'] });
  await connected(manager);
  expect(manager.identity?.slots).toBe(1);
  manager.job(runWord('j', 'echo hello; sleep 0.5'));
  const { run } = await started(manager, 'j');
  await until('it to have no slots', 30_000, () => manager.identity?.slots === 0 && manager.registrations >= 2);
  await ended(manager, 'j');
  expect(isAlive(launcher.program.pid)).toBe(true);
  manager.job(forgetWord('j'));
  expect(await launcher.program.ended).toEqual({ code: 0, signal: null });
  expect(manager.textOf(run)).toBe('hello\n');
});

test('--drain-on-term: SIGTERM waits for the job, a second one does not and touches nothing', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: ['--drain-on-term'] });
  await connected(manager);
  manager.job(runWord('j', 'sleep 1000'));
  const { pid } = await started(manager, 'j');
  process.kill(launcher.program.pid, 'SIGTERM');
  await until('it to have no slots', 30_000, () => manager.identity?.slots === 0);
  process.kill(launcher.program.pid, 'SIGTERM');
  expect(await launcher.program.ended).toEqual({ code: 0, signal: null });
  expect(isAlive(pid)).toBe(true);
});

test('--drain-on-term: what was given to it before it told that it leaves is run and told', async () => {
  const manager = await managerOf();
  const idle = startLauncher(world, { managerUrl: manager.url, flags: ['--drain-on-term'] });
  await connected(manager);
  manager.saidAgain.push(runWord('late', 'echo hello'));
  process.kill(idle.program.pid, 'SIGTERM');
  const { run } = await ended(manager, 'late');
  expect(manager.identity?.slots).toBe(0);
  manager.job(forgetWord('late'));
  expect(await idle.program.ended).toEqual({ code: 0, signal: null });
  expect(manager.textOf(run ?? '')).toBe('hello\n');
});

test('--drain-on-term while the manager is away ends at once', async () => {
  const manager = await managerOf();
  const idle = startLauncher(world, { managerUrl: manager.url, flags: ['--drain-on-term'] });
  await connected(manager);
  await manager.close();
  await until('it to notice', 30_000, () => idle.program.output.includes('the connection to the manager is down'));
  process.kill(idle.program.pid, 'SIGTERM');
  expect(await idle.program.ended).toEqual({ code: 0, signal: null });
});

test('--drain-on-term with nothing to wait for ends at once', async () => {
  const manager = await managerOf();
  const idle = startLauncher(world, { managerUrl: manager.url, flags: ['--drain-on-term'] });
  await connected(manager);
  process.kill(idle.program.pid, 'SIGTERM');
  expect(await idle.program.ended).toEqual({ code: 0, signal: null });
});
