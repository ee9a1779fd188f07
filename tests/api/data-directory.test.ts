/** What a manager keeps: the lock on its directory, the ledger, and the readable state. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { managerHere, type ManagerHere } from './manager-here';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';

const running: ManagerHere[] = [];
afterEach(async () => {
  for (const manager of running.splice(0)) await manager.stop();
});
async function started(options: Parameters<typeof managerHere>[0] = {}): Promise<ManagerHere> {
  const manager = await managerHere(options);
  running.push(manager);
  return manager;
}
const elsewhere = mkdtempSync(join(tmpdir(), 'procguard-state-'));
afterAll(() => rmSync(elsewhere, { recursive: true }));
const forgetLedger = (dataDir: string): void => {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDir, `ledger.db${suffix}`), { force: true });
};

test('a second manager on the same directory is refused with the directory and what to do, and not after the first', async () => {
  const first = await started();
  const second = managerHere({ dataDir: first.dataDir });
  await expect(second).rejects.toThrow(`the data directory ${first.dataDir} is in use by another manager`);
  await expect(second).rejects.toThrow('--data-dir');
  running.pop();
  await first.stop('keep');
  await started({ dataDir: first.dataDir });
});

test('a second manager with a directory of its own is refused the state file of the first, and not after it', async () => {
  const env = { PROCGUARD_STATE_STATE_FILE: join(elsewhere, 'state.yaml') };
  const first = await started({ env });
  const second = managerHere({ env, dataDir: join(elsewhere, 'data') });
  await expect(second).rejects.toThrow(`the state file ${env.PROCGUARD_STATE_STATE_FILE} is kept by another manager`);
  await expect(second).rejects.toThrow('state.state_file');
  running.pop();
  await first.stop();
  await started({ env });
});

test.each(['procguard_state.yaml', 'state.json'])(
  '%s follows the state, and brings it back when the ledger is gone',
  async (name) => {
    const first = await started();
    running.pop();
    await first.stop('keep');
    const env = { PROCGUARD_STATE_STATE_FILE: join(first.dataDir, name) };
    const manager = await started({ dataDir: first.dataDir, env });
    await manager.post('/api/workers/register', {
      worker_id: 'w1',
      command: 'python train.py',
      labels: { gpu: 'yes' },
    });
    await manager.post('/api/workers/w1/heartbeat', { status: 'running', pid: 77 });
    const file = env.PROCGUARD_STATE_STATE_FILE;
    await until('the file to follow', 30_000, () => textIn(file).includes('77'));
    expect(readFileSync(file, 'utf8').startsWith(name.endsWith('json') ? '{' : 'format: procguard-state-1')).toBe(true);
    running.pop();
    await manager.stop('keep');

    forgetLedger(manager.dataDir);
    const again = await started({ dataDir: manager.dataDir, env });
    expect((await again.get('/api/workers')).body.w1).toMatchObject({
      status: 'running',
      pid: 77,
      command: 'python train.py',
      labels: { gpu: 'yes' },
    });
  },
);

test('a state file that is not one of ours is refused by name, and nothing is lost', async () => {
  const first = await started();
  running.pop();
  await first.stop('keep');
  forgetLedger(first.dataDir);
  const file = join(first.dataDir, 'procguard_state.yaml');
  writeFileSync(file, 'format: something else\n');
  await expect(managerHere({ dataDir: first.dataDir })).rejects.toThrow(`the state file ${file} is not one of ours`);
  expect(readFileSync(file, 'utf8')).toBe('format: something else\n');
  rmSync(first.dataDir, { recursive: true });
});
