/** The command line as a person uses it against a manager that wants a login: in, at work, and out. */
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessSpec } from '../../protocol/process-spec';
import { managerHere, type ManagerHere } from '../api/manager-here';
import { ScriptedLauncher } from '../api/scripted-launcher';
import { stopped } from '../harness/launcher-words';
import { PROCGUARD } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const PASSWORD = 'correct horse battery';
const world = useWorld();
let manager: ManagerHere;
let home: string;
beforeEach(async () => {
  manager = await managerHere();
  home = world.directory();
});
afterEach(() => manager.stop());

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}
function procguard(args: readonly string[], input = ''): Promise<Said> {
  const env = { ...process.env, XDG_CONFIG_HOME: home, PROCGUARD_URL: manager.url };
  const child = spawn(process.execPath, [PROCGUARD, ...args], { env });
  let out = '';
  let error = '';
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (error += piece.toString()));
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, error })));
}

test('what others wrote into a refusal is shown, and not obeyed by the terminal', async () => {
  const launcher = new ScriptedLauncher(manager.url, 'w1');
  await launcher.register();
  await launcher.connect();
  const disabled = { by: 'eve', reason: '\x1b]0;title\x07', sinceMs: 1, untilMs: null };
  const report = { ...launcher.report(stopped), disabled };
  launcher.say(
    'sync',
    { processes: [{ spec: ProcessSpec.parse({ name: 'w1', command: 'x' }), report }], runs: [] },
    () => 0,
  );
  const told = async () => (await manager.get('/api/workers/w1/processes')).body.processes?.length === 1;
  await until('w1 told of its process', 60_000, told);
  const started = await procguard(['start', 'w1']);
  launcher.close();
  expect(started.code).toBe(1);
  expect(started.out + started.error).toContain(']0;title');
  expect(started.out + started.error).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  const nobody = await procguard(['user', 'disable', 'no\x1b[31mbody']);
  expect([nobody.code, nobody.error]).toEqual([3, expect.stringMatching(/there is no user no\ufffd\[31mbody/)]);
});

test('the first user, a login that is kept for its user alone, a token that does less, and the end of both', async () => {
  expect((await procguard(['whoami'])).out).toMatch(/nobody needs a login/);
  expect((await procguard(['user', 'add', 'alice', '--grant', 'admin'], `${PASSWORD}\n`)).out).toBe('alice: admin\n');
  const refused = await procguard(['ls']);
  expect([refused.code, refused.error]).toEqual([1, expect.stringMatching(/procguard login/)]);
  expect((await procguard(['login', '--user', 'alice'], 'wrong password\n')).code).toBe(1);
  const login = await procguard(['login', '--user', 'alice'], `${PASSWORD}\n`);
  expect([login.code, login.error]).toEqual([0, expect.stringMatching(/Logged in/)]);
  const kept = join(home, 'procguard', 'credentials.json');
  expect(statSync(kept).mode & 0o777).toBe(0o600);
  expect(readFileSync(kept, 'utf8')).not.toContain(PASSWORD);
  expect((await procguard(['whoami'])).out).toBe('alice: admin\n');
  const token = (await procguard(['token', 'add', 'ci', '--grant', 'viewer', '--expires', '1h'])).out.trim();
  expect(token).toMatch(/^pgt_/);
  expect((await procguard(['--token', token, 'user', 'ls'])).code).toBe(1);
  const unproven = await procguard(['token', 'add', 'lasting'], 'wrong password\n');
  expect([unproven.code, unproven.error]).toEqual([1, expect.stringContaining('the password is not right')]);
  expect((await procguard(['token', 'add', 'lasting'], `${PASSWORD}\n`)).out).toMatch(/^pgt_/);
  expect((await procguard(['user', 'ls', '-o', 'name'])).out).toBe('alice\n');
  expect((await procguard(['logout'])).code).toBe(0);
  expect((await procguard(['ls'])).code).toBe(1);
});
