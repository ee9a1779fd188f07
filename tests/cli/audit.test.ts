/** `procguard audit`, and the check of the file without a manager, run as users run them. */
import { DatabaseSync } from '@photostructure/sqlite';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEntry } from '../../protocol/audit';
import { until } from '../harness/until';
import { ProgramsHere } from './programs-here';

const here = new ProgramsHere();
beforeAll(async () => {
  await here.startManager();
  await here.startWorker('n1', [{ name: 'web', command: 'exec sleep 1000' }]);
  await here.cli('start', 'web');
  await here.cli('stop', 'web');
});
afterAll(() => here.stop());

test('tells who did what, oldest first, and takes filters', async () => {
  const { code, out } = await here.cli('audit', '--type', 'process.*');
  expect(code).toBe(0);
  expect(out).toMatch(/process\.command +ok +operator 127\.0\.0\.1.*: stop process n1\/web/);
  expect(out.indexOf('process.command ')).toBeLessThan(out.indexOf('process.command.done'));
  expect((await here.cli('audit', '--type', 'proces.command')).err).toMatch(/did you mean/);
});

test('goes on as things happen', async () => {
  const following = here.run('audit', '-f', '-n', '0', '--type', 'process.command', '-o', 'jsonl');
  // What is done before it follows is not told: so again and again, until it does.
  await until('a command to be told', 60_000, async () => {
    await here.cli('start', 'web');
    await here.cli('stop', 'web');
    return following.out.includes('"action":"st');
  });
  following.child.kill('SIGKILL');
});

test('exports into a file that nobody else can read', async () => {
  const file = join(here.dir, 'audit.jsonl');
  expect(await here.cli('audit', '--type', 'worker.*', 'export', '--out', file)).toMatchObject({ code: 0 });
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as AuditEntry).event_type)).toEqual(['worker.registered']);
  expect(statSync(file).mode & 0o077).toBe(0);
});

test('verifies, with the manager and without, and ends with 1 when an entry was changed', async () => {
  const dataDir = join(here.dir, 'manager');
  const offline = () => here.cli('manager', '--verify-audit', '--data-dir', dataDir);
  expect(await here.cli('audit', 'verify')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^The audit holds: \d+/) as string,
  });
  expect(await offline()).toMatchObject({ code: 0, out: expect.stringMatching(/^the audit holds: \d+/) as string });
  const db = new DatabaseSync(join(dataDir, 'ledger.db'), { timeout: 30_000 });
  db.exec(`UPDATE audit SET body = replace(body, '127.0.0.1', '127.0.0.2') WHERE id = 3`);
  db.close();
  expect(await here.cli('audit', 'verify')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/ {2}3: it, or its hash, was changed/) as string,
  });
  expect(await offline()).toMatchObject({ code: 1, out: expect.stringMatching(/ {2}3: it, or its hash/) as string });
});
