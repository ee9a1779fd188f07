/** plan, apply, rollback, versions, disable, graph and rolling restarts, as typed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../harness/until';
import { ProgramsHere } from './programs-here';

let here: ProgramsHere;
beforeAll(async () => {
  here = new ProgramsHere();
  await here.startManager();
  await here.startWorker('w1', [{ name: 'own', command: 'exec sleep 1000' }]);
});
afterAll(() => here.stop());

const SET = `set: web
processes:
  - name: db
    worker: w1
    command: exec sleep 1000
  - name: api
    worker: w1
    command: exec sleep 1000
    depends_on: { db: started }
`;
/** A moment by the reader's clock. */
const ZONED = /until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d\b/;
function file(text: string, name = 'set.yaml'): string {
  const path = join(here.dir, name);
  writeFileSync(path, text);
  return path;
}

test('from a plan to the running set, an edit, and back', async () => {
  const path = file(SET);
  const plan = await here.cli('plan', '-f', path);
  expect([plan.code, plan.out]).toEqual([
    0,
    '+ create w1/db: exec sleep 1000\n+ create w1/api: exec sleep 1000\n2 to create, 0 to change, 0 to remove, 0 as they are to be\n',
  ]);
  expect((await here.cli('apply', '-f', path, '--dry-run')).out).toBe(plan.out);
  expect((await here.cli('ls', '-o', 'name', 'db')).code).toBe(3);

  const applied = await here.cli('apply', '-f', path);
  expect(applied.code).toBe(0);
  expect(applied.out).toMatch(/^w1\/db: created, version 1: running, pid \d+\nw1\/api: created, version 1: /);
  expect(applied.out).toMatch(/\n2 touched by change d1, 0 as they were\n$/);
  expect((await here.cli('plan', '-f', path)).out).toBe('nothing to change; 2 as they are to be\n');

  const edited = file(SET.replace('depends_on', 'env: { PORT: 81 }\n    depends_on'));
  expect((await here.cli('plan', '-f', edited)).out).toContain(
    '~ change w1/api  (it is restarted)\n    env.PORT: (not set) -> 81\n',
  );
  expect((await here.cli('apply', '-f', edited, '-o', 'name')).out).toBe('w1/api\n');
  const back = await here.cli('rollback', 'web');
  expect(back.out).toMatch(/^w1\/api: changed, version 3: .*\n {4}env.PORT: 81 -> \(not set\)\n/);
  expect((await here.cli('plan', '-f', file(SET))).out).toMatch(/^nothing to change/);

  const versions = (await here.cli('versions', 'api')).out.split('\n').filter((line) => /^[ *] \d/.test(line));
  expect(versions.map((line) => line.slice(0, 3))).toEqual(['  1', '  2', '* 3']);
  expect((await here.cli('status', 'api')).out).toMatch(/defined +version 3 of the set web/);
  expect((await here.cli('graph')).out).toMatch(
    /^first\n[^]*w1\/db {2}running\n[^]*after that \(2\)\n {2}w1\/api .*<- db started/,
  );
});

test('what leaves the document is stopped and forgotten, and the proof is shown', async () => {
  await here.cli('apply', '-f', file(SET));
  const { code, out } = await here.cli('apply', '-f', file(SET.split('  - name: api')[0]!));
  expect(code).toBe(0);
  expect(out).toMatch(/w1\/api: removed: .*gone \d+\.\ds {2}\(verified: /);
  expect((await here.cli('ls', '-o', 'name')).out.trim().split('\n').sort()).toEqual(['w1/db', 'w1/own']);
});

test('what a removed process wrote is read by its whole key, as long as it is kept', async () => {
  const gone = `set: gone\nprocesses:\n  - { name: told, worker: w1, command: "echo first; echo second" }\n`;
  expect((await here.cli('apply', '-f', file(gone))).code).toBe(0);
  await until('its output', 60_000, async () => (await here.cli('logs', 'w1/told')).out === 'first\nsecond\n');
  expect((await here.cli('apply', '-f', file('set: gone\nprocesses: []\n'))).out).toMatch(/w1\/told: removed/);
  expect((await here.cli('ls', 'w1/told')).code).toBe(3);
  expect((await here.cli('logs', 'w1/told')).out).toBe('first\nsecond\n');
  expect((await here.cli('logs', 'w1/told', '-n', 'all')).out).toBe('first\nsecond\n');
  expect((await here.cli('logs', 'w1/told', '--grep', 'sec')).out).toBe('second\n');
  expect((await here.cli('logs', 'w1/told', 'own', '--grep', 'sec')).out).toMatch(/^w1\/told +\| second\n$/);
  const never = await here.cli('logs', 'w1/never');
  expect([never.code, never.err]).toEqual([3, expect.stringMatching(/No process is called w1\/never/)]);
});

test.each([
  [
    'a mistake',
    SET.replace('worker: w1', 'wroker: w1'),
    /set\.yaml:4:5: processes\[0\]\.wroker is not a known key; did you mean worker\?/,
    2,
  ],
  ['no YAML', 'set: [', /set\.yaml:\d+:\d+: not valid YAML/, 2],
  [
    'a worker that nobody is',
    SET.replace('worker: w1', 'worker: w7'),
    /set\.yaml:3:5: no launcher is registered as w7; did you mean w1\?/,
    3,
  ],
  [
    'a circle',
    SET.replace('db\n    worker: w1', 'db\n    worker: w1\n    depends_on: [api]'),
    /set\.yaml:3:5: .*w1\/db -> w1\/api -> w1\/db/,
    2,
  ],
  [
    "a launcher's own",
    SET.replace('name: db', 'name: own').replace('db: started', 'own: started'),
    /set\.yaml:3:5: w1\/own is defined by its launcher/,
    1,
  ],
])('%s in the document is told by its line', async (_what, text, sentence, exit) => {
  const { code, err } = await here.cli('apply', '-f', file(text));
  expect([code, err]).toEqual([exit, expect.stringMatching(sentence)]);
});

test('disable keeps a process down with its reason, enable lets it go on', async () => {
  await here.cli('apply', '-f', file(SET));
  expect((await here.cli('disable', 'db')).code).toBe(2);
  expect((await here.cli('disable', 'db', '--reason', 'new disk', '--until', '2h')).code).toBe(0);
  expect((await here.cli('ls', 'db')).out).toMatch(/stopped, disabled/);
  for (const told of ['ls', 'explain', 'status']) expect((await here.cli(told, 'db')).out).toMatch(ZONED);
  expect((await here.cli('status', 'db')).out).toMatch(
    /disabled +by operator .*: new disk, since .*, until .* [+-]\d\d:\d\d/,
  );
  const start = await here.cli('start', 'api', 'db');
  expect(start.code).toBe(4);
  expect(start.err).toMatch(/w1\/db is disabled by .*: new disk/);
  expect(start.err).toMatch(ZONED);
  expect((await here.cli('enable', 'db')).code).toBe(0);
  await here.untilState('w1/db', 'running');
});

test('a rolling restart and a long wait are words of the command line', async () => {
  await here.cli('apply', '-f', file(SET));
  const { code, out } = await here.cli('restart', 'api', 'db', '--rolling', '1', '--timeout', '2m');
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(2);
  expect((await here.cli('restart', 'db', '--rolling', '0')).code).toBe(2);
  expect((await here.cli('restart', 'db', '--timeout', '2h')).err).toMatch(/at most 1h/);
  const stopped = await here.cli('stop', 'db');
  expect(stopped.out).toMatch(/note: w1\/api depends on it and runs on/);
});
