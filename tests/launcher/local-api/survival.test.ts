/** What outlives a launcher: tasks that wait, tasks that run, and what became of those that ended while nobody was there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../harness/leftovers';
import { until } from '../../harness/until';
import { LAUNCHER } from '../../harness/launcher';
import { useWorld } from '../../harness/world';
import { startAgent } from './agent';

const world = useWorld();
const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

test('kill -9: what runs is adopted, what ended meanwhile has its result, what waits goes on; each ran once', async () => {
  const file = join(world.directory(), 'born');
  const agent = await startAgent(world, { flags: ['--slots', '2'] });
  await agent.submit({
    id: 'long',
    command: `echo long $$ >> ${file}; while [ ! -e ${file}.go ]; do sleep 0.05; done; echo done`,
  });
  await agent.submit({
    id: 'short',
    command: `echo short $$ >> ${file}; while [ ! -e ${file}.gone ]; do sleep 0.05; done; echo result; exit 5`,
  });
  await agent.submit({ id: 'waits', command: `echo waits $$ >> ${file}` });
  const cancelled = await agent.submit({ id: 'cancelled', command: `echo cancelled >> ${file}` });
  await agent.ask('POST', `/api/tasks/${cancelled.id}/cancel`);
  const born = await until('both', 30_000, () => (textOf(file).split('\n').length === 3 ? textOf(file) : null));
  const pidOf = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(born)?.[1]);
  const long = pidOf('long');
  await agent.program.end('SIGKILL');
  world.start(['touch', `${file}.gone`]);
  await until('the short one to end', 30_000, () => !isAlive(pidOf('short')));

  const second = await agent.again();
  expect(await second.reaches('short', 'failed')).toMatchObject({ exit_code: 5, stdout: 'result\n' });
  await second.reaches('waits', 'completed');
  expect(isAlive(long)).toBe(true);
  expect((await second.task('long')).status).toBe('running');
  world.start(['touch', `${file}.go`]);
  expect(await second.reaches('long', 'completed')).toMatchObject({ stdout: 'done\n' });
  expect((await second.task('cancelled')).status).toBe('cancelled');
  const names = textOf(file)
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  expect(names.sort()).toEqual(['long', 'short', 'waits']);
});

test('a cancel that was answered stays so, whatever is killed after it; one that was begun is finished', async () => {
  const agent = await startAgent(world);
  const file = join(world.directory(), 'pid');
  await agent.submit({
    id: 'stubborn',
    command: `trap '' TERM; echo $$ > ${file}; while :; do sleep 0.05; done`,
    max_retries: 3,
  });
  const pid = Number(await until('its pid', 30_000, () => textOf(file).trim()));
  void agent.ask('POST', '/api/tasks/stubborn/cancel').catch(() => {});
  await until('the stop to begin', 30_000, () => agent.program.output.includes('stubborn: stopping'));
  await agent.program.end('SIGKILL');
  // Its grace is over long before: SIGKILL follows.
  const second = await agent.again(['--stop-timeout', '0']);
  expect(await second.reaches('stubborn', 'cancelled')).toMatchObject({ retry_count: 0 });
  expect(isAlive(pid)).toBe(false);
});

test('--stop-all ends local tasks too, and the next start goes on with them', async () => {
  const agent = await startAgent(world);
  const file = join(world.directory(), 'pids');
  await agent.submit({ id: 'long', command: `echo $$ >> ${file}; exec sleep 1000` });
  const first = Number(await until('its pid', 30_000, () => textOf(file).trim()));
  const words = ['--worker-id', 'agent-001', '--data-dir', agent.dataDir, '--stop-all'];
  const stopper = world.start([process.execPath, LAUNCHER, ...words], { cwd: agent.dataDir });
  expect((await stopper.ended).code).toBe(0);
  expect(stopper.output).toContain('long: ');
  expect(isAlive(first)).toBe(false);
  await agent.program.ended;
  const second = await agent.again();
  await until('another birth', 30_000, () => textOf(file).trim().split('\n').length === 2);
  expect(await second.reaches('long', 'running')).toMatchObject({ retry_count: 0 });
});

test('output beyond the limit: its beginning and its end, whole characters, and what is missing', async () => {
  const agent = await startAgent(world);
  const script = `process.stdout.write('begin ' + 'ä'.repeat(2e6) + ' end'); process.stderr.write('x'.repeat(10))`;
  await agent.submit({ id: 'big', command: process.execPath, args: ['-e', script] });
  const { stdout, stderr, exit_code: code } = await agent.reaches('big', 'completed');
  expect([code, stderr]).toEqual([0, 'x'.repeat(10)]);
  expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(1_048_576);
  expect(stdout).toMatch(
    /^begin ä+\n\.\.\.\[truncated: \d+ bytes are missing here, the limit is 1048576\]\.\.\.\nä+ end$/,
  );
});

test('secrets are sealed on the disk, masked in answers, and given to the program', async () => {
  const agent = await startAgent(world);
  await agent.submit({ id: 's', command: 'echo ${#HF_TOKEN} $MODE', env: { HF_TOKEN: 'hush-hush', MODE: 'fast' } });
  const shown = await agent.reaches('s', 'completed');
  expect(shown).toMatchObject({ stdout: '9 fast\n', env: { HF_TOKEN: '********', MODE: 'fast' } });
  const grep = world.start(['grep', '-r', 'hush-hush', agent.dataDir]);
  expect((await grep.ended).code).toBe(1);
});
