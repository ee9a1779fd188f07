/**
 * The rules of a machine's owner: each way around them is tried at a real launcher, and its harmless twin runs. Whoever
 * sends the definitions here is a manager, so all of it holds against one that was taken over.
 */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { LAUNCHER, startLauncher, type StartedLauncher } from '../harness/launcher';
import { isAlive } from '../harness/leftovers';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager, type TinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const asRoot = process.getuid?.() === 0 ? test : test.skip;
const NEVER = { when: 'never' } as const;
const SLEEP = ['sleep', '1000'];

interface Ruled {
  readonly manager: TinyManager;
  readonly launcher: StartedLauncher;
  /** Where the rules stand. */
  readonly file: string;
  /** Holds `tools` (programs), `jobs` (working directories) and `elsewhere`. */
  readonly place: string;
  rewrite(security: object): void;
}

const writeRules = (file: string, security: object): void => writeFileSync(file, JSON.stringify({ security }));

/** A script that is a program. */
function program(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

async function underRules(securityOf: (place: string) => object, env: Record<string, string> = {}): Promise<Ruled> {
  const manager = await managerOf();
  const place = realpathSync(world.directory());
  chmodSync(place, 0o755);
  for (const name of ['tools', 'jobs', 'jobs/a', 'elsewhere']) mkdirSync(join(place, name));
  program(join(place, 'tools', 'tool'), 'echo the tool; exec sleep 1000');
  program(join(place, 'elsewhere', 'sleep'), 'echo not the sleep; exec /bin/sleep 1000');
  const file = join(place, 'rules.yaml');
  writeRules(file, securityOf(place));
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: ['--security', file], env });
  return { manager, launcher, file, place, rewrite: (security) => writeRules(file, security) };
}

type Words = Parameters<TinyManager['define']>[0];
type Spec = Omit<Words, 'name'>;

/** Answered at once, by the rule's name, and nothing is kept of it. */
async function expectRefused({ manager, launcher, file }: Ruled, spec: Spec, rule: string): Promise<string> {
  const answer = await manager.define({ ...spec, name: 'bad' });
  expect(answer).toMatchObject({ ok: false, refusedBy: 'rule' });
  expect(answer.message).toContain(`not defined: refused by security.${rule} in ${file} on its machine: `);
  expect(manager.report('bad')).toBeUndefined();
  expect(readdirSync(join(launcher.dataDir, 'processes')).filter((name) => name === 'bad')).toEqual([]);
  return answer.message;
}

async function expectRuns({ manager }: Ruled, spec: Spec): Promise<number> {
  expect(await manager.define({ restart: NEVER, ...spec, name: 'good' })).toMatchObject({ ok: true });
  return manager.running('good');
}

const COMMANDS = (place: string): object => ({ allowed_commands: ['sleep', 'env', 'true', `${place}/tools/*`] });

test.each<[string, (place: string) => Spec, (place: string) => Spec]>([
  ['bash -c', () => ({ command: 'bash -c "sleep 1000"' }), () => ({ command: 'sleep "1000"' })],
  ['sh -c as words', () => ({ command: ['/bin/sh', '-c', 'sleep 1000'] }), () => ({ command: ['/bin/sleep', '1000'] })],
  [
    'python -c, where only env is allowed',
    () => ({ command: ['python3', '-c', 'import time; time.sleep(1000)'] }),
    () => ({ command: ['/usr/bin/env', 'sleep', '1000'] }),
  ],
  ['a command substitution', () => ({ command: 'sleep $(echo 1000)' }), () => ({ command: "sleep '1000'" })],
  ['one in double quotes', () => ({ command: 'sleep "$(echo 1000)"' }), () => ({ command: 'sleep "1"000' })],
  ['backticks', () => ({ command: 'sleep `echo 1000`' }), () => ({ command: 'sleep 1\\000' })],
  ['a second command', () => ({ command: 'sleep 0; bash' }), () => ({ command: 'sleep 0.5 1000' })],
  ['a second line', () => ({ command: 'sleep 0\nbash' }), () => ({ command: '\n  sleep 1000\n' })],
  ['a pipe', () => ({ command: 'sleep 0 | bash' }), () => ({ command: SLEEP })],
  ['an assignment', () => ({ command: 'LD_PRELOAD=/tmp/x.so sleep 1000' }), () => ({ command: 'sleep 1000' })],
  ['a word of the shell', () => ({ command: 'eval bash' }), () => ({ command: 'sleep 1000' })],
  ['a redirection', () => ({ command: 'sleep 1000 >/tmp/x' }), () => ({ command: 'sleep 1000' })],
  [
    'PATH',
    (place) => ({ command: SLEEP, env: { PATH: join(place, 'elsewhere') } }),
    () => ({ command: SLEEP, env: { MODE: 'fast' } }),
  ],
  ['LD_PRELOAD', () => ({ command: SLEEP, env: { LD_PRELOAD: '/tmp/x.so' } }), () => ({ command: SLEEP })],
  [
    'a function of bash',
    () => ({ command: SLEEP, env: { 'BASH_FUNC_sleep%%': '() { bash; }' } }),
    () => ({ command: SLEEP, env: { 'odd.name': 'kept' } }),
  ],
  [
    'a link of the right name',
    (place) => {
      symlinkSync('/bin/bash', join(place, 'jobs', 'sleep'));
      return { command: [join(place, 'jobs', 'sleep')] };
    },
    (place) => {
      symlinkSync('/bin/sleep', join(place, 'elsewhere', 'link'));
      rmSync(join(place, 'jobs', 'sleep'));
      symlinkSync('/bin/sleep', join(place, 'jobs', 'sleep'));
      return { command: [join(place, 'jobs', 'sleep'), '1000'] };
    },
  ],
  [
    'an allowed file under another name',
    (place) => {
      symlinkSync('/bin/sleep', join(place, 'jobs', 'sh'));
      return { command: [join(place, 'jobs', 'sh')] };
    },
    () => ({ command: ['/bin/sleep', '1000'] }),
  ],
  [
    'a link out of an allowed directory',
    (place) => {
      symlinkSync('/bin/bash', join(place, 'tools', 'shell'));
      return { command: [join(place, 'tools', 'shell')] };
    },
    (place) => ({ command: [join(place, 'tools', 'tool')] }),
  ],
  [
    '.. in a path',
    (place) => ({ command: [join(place, 'tools') + '/../elsewhere/sleep'] }),
    (place) => ({ command: [join(place, 'elsewhere') + '/../tools/tool'] }),
  ],
  [
    'a relative program beside its working directory',
    (place) => ({ command: './sleep 1000', workingDir: join(place, 'elsewhere') }),
    (place) => ({ command: './tool', workingDir: join(place, 'tools') }),
  ],
  [
    'a ready probe',
    () => ({ command: SLEEP, ready: { check: { kind: 'exec', command: 'bash -c true' } } }),
    () => ({ command: SLEEP, ready: { check: { kind: 'exec', command: ['true'] } } }),
  ],
  [
    'an alive probe',
    () => ({ command: SLEEP, alive: [{ check: { kind: 'exec', command: ['/bin/sh', '-c', 'true'] } }] }),
    () => ({ command: SLEEP, alive: [{ check: { kind: 'exec', command: ['/bin/true'] } }] }),
  ],
])('allowed_commands cannot be passed by %s', async (_way, bad, good) => {
  const ruled = await underRules(COMMANDS);
  await expectRefused(ruled, bad(ruled.place), 'allowed_commands');
  expect(isAlive(await expectRuns(ruled, good(ruled.place)))).toBe(true);
});

test('allowed_commands cannot be passed by an env_file, whose content changes after it was defined', async () => {
  const ruled = await underRules(COMMANDS);
  const { manager, place } = ruled;
  const envFile = join(place, 'jobs', 'env');
  writeFileSync(envFile, 'LD_PRELOAD=/tmp/x.so\n');
  const spec = { command: SLEEP, envFiles: [envFile] };
  expect(await expectRefused(ruled, spec, 'allowed_commands')).toContain('env_file sets "LD_PRELOAD"');
  writeFileSync(envFile, 'MODE=fast\n');
  await expectRuns(ruled, spec);
  await manager.control({ process: 'good', verb: 'stop' });
  writeFileSync(envFile, 'LD_AUDIT=/tmp/x.so\n');
  expect(await manager.control({ process: 'good', verb: 'start' })).toMatchObject({
    ok: false,
    refusedBy: 'rule',
    message: expect.stringContaining('could not be started: refused by security.allowed_commands') as string,
  });
});

test('the name of a variable is no option of the program that sets it', async () => {
  const ruled = await underRules(COMMANDS);
  const env = { '-S/bin/echo passed by': '1', 'odd.name': 'kept' };
  await expectRuns(ruled, { command: [join(ruled.place, 'tools', 'tool')], env });
  await until('its output', 30_000, () => ruled.manager.textOf() === 'the tool\n');
});

test('a program is found by the launcher’s PATH and executed by that path; allowed_env names what else may be set', async () => {
  const ruled = await underRules(() => ({ allowed_commands: ['printenv', 'sleep'], allowed_env: ['PATH', 'MODE*'] }));
  const { manager, place } = ruled;
  for (const name of ['printenv', 'env', 'nice']) program(join(place, 'elsewhere', name), 'echo not the one');
  const env = { PATH: join(place, 'elsewhere'), MODE_A: 'x', 'MODE.odd': 'y' };
  const limits = { nice: 1 };
  await manager.define({ name: 'a', command: ['printenv', 'PATH', 'MODE_A'], env, limits, restart: NEVER });
  await until('its output', 30_000, () => manager.textOf() === `${env.PATH}\nx\n`);
  await expectRefused(ruled, { command: SLEEP, env: { OTHER: '1' } }, 'allowed_env');
});

test.each([
  [{ blocked_env: ['*_TOKEN'] }, { env: { HF_TOKEN: 'x' } }, 'blocked_env', { env: { TOKEN_OF: 'x' } }],
  [{ allowed_env: [] }, { env: { A: 'x' } }, 'allowed_env', {}],
  [
    { blocked_patterns: ['rm -rf /'] },
    { command: 'rm  -rf   /' },
    'blocked_patterns',
    { command: 'sleep 1000; rm -r x' },
  ],
  [
    { allowed_commands: ['sleep'], blocked_patterns: ['bin/sleep'] },
    { command: ['sleep', '999'] },
    'blocked_patterns',
    null,
  ],
])('%j: deny wins', async (security, bad, rule, good) => {
  const ruled = await underRules(() => security);
  await expectRefused(ruled, { command: SLEEP, ...bad }, rule);
  if (good !== null) await expectRuns(ruled, { command: SLEEP, ...good });
});

test('allowed_working_dirs: where it leads counts, at each birth; nothing else on the disk is named from outside', async () => {
  const ruled = await underRules((place) => ({ allowed_working_dirs: [join(place, 'jobs')] }));
  const { manager, place } = ruled;
  const [a, elsewhere] = [join(place, 'jobs', 'a'), join(place, 'elsewhere')];
  symlinkSync(elsewhere, join(place, 'jobs', 'link'));
  writeFileSync(join(elsewhere, 'file'), 'A=1\n');
  const envFiles = [join(elsewhere, 'file')];
  const stdin = { kind: 'file', path: '../../elsewhere/file' } as const;
  for (const bad of [
    {},
    { workingDir: elsewhere },
    { workingDir: `${a}/../../elsewhere` },
    { workingDir: join(place, 'jobs', 'link') },
    { workingDir: `${place}/jobsandmore` },
    { workingDir: a, envFiles },
    { workingDir: a, stdin },
    { workingDir: a, pidFile: '../../elsewhere/pid' },
  ])
    await expectRefused(ruled, { command: SLEEP, ...bad }, 'allowed_working_dirs');
  await expectRuns(ruled, { command: 'pwd -P; sleep 1000', workingDir: a, pidFile: 'pid' });
  await until('its directory', 30_000, () => manager.textOf() === `${a}\n`);
  await manager.control({ process: 'good', verb: 'stop' });
  // The same words lead elsewhere now.
  renameSync(a, join(place, 'jobs', 'b'));
  symlinkSync(elsewhere, a);
  const answer = await manager.control({ process: 'good', verb: 'start' });
  expect(answer.message).toContain(`working_dir is ${elsewhere} (${a})`);
  expect(manager.report('good')?.state).toMatchObject({ kind: 'failed' });
});

asRoot('allowed_users: by number, its own group only, and the launcher’s own is none unless it is listed', async () => {
  const ruled = await underRules((place) => ({ allowed_users: ['nobody'], allowed_working_dirs: [`${place}/jobs`] }));
  const workingDir = join(ruled.place, 'jobs', 'a');
  const base = { command: SLEEP, workingDir };
  for (const bad of [{}, { user: 'root' }, { user: '0' }, { user: 'daemon' }, { user: 'nobody', group: 'root' }])
    await expectRefused(ruled, { ...base, ...bad }, 'allowed_users');
  await expectRuns(ruled, { ...base, user: '65534', group: 'nogroup' });
});

test('rules that change: children run on, what they may not do again is said, and no policy tries it', async () => {
  const ruled = await underRules(() => ({ allowed_commands: ['sleep'] }));
  const { manager, launcher, file } = ruled;
  const restart = { when: 'always', delayMs: 0, maxRestarts: 5 } as const;
  const pid = await expectRuns(ruled, { command: SLEEP, restart });
  ruled.rewrite({ allowed_commands: ['env'] });
  process.kill(launcher.program.pid, 'SIGHUP');
  const said = `good runs on, and cannot be started again: refused by security.allowed_commands in ${file}`;
  await until('the log to say so', 30_000, () => launcher.program.output.includes(said));
  expect(await manager.control({ process: 'good', verb: 'restart' })).toMatchObject({
    ok: false,
    refusedBy: 'rule',
    message: expect.stringContaining('not restarted, and what runs is left alone: refused by') as string,
  });
  expect(isAlive(pid)).toBe(true);
  process.kill(pid, 'SIGKILL');
  const failed = await manager.inState('good', 'failed');
  expect(failed.why).toContain('could not be started: refused by security.allowed_commands');
  expect(manager.ended('good')).toHaveLength(1);
  // Also a launcher that is started again leaves it so.
  await launcher.program.end('SIGTERM');
  launcher.again();
  await until('the second sync', 30_000, () => manager.syncs.length > 1);
  expect(manager.syncs.at(-1)?.processes[0]?.report.state).toMatchObject({ kind: 'failed', why: failed.why });
  expect(manager.facts.filter(({ kind }) => kind === 'run.started')).toHaveLength(1);
});

test('a probe that new rules are against is not asked any more, and what runs does not suffer for it', async () => {
  const ruled = await underRules(() => ({}));
  const asks = join(ruled.place, 'jobs', 'asks');
  const count = (): number => textIn(asks).length;
  let knocks = 0;
  const door = createServer((socket) => {
    knocks += 1;
    socket.end();
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  world.afterwards(() => new Promise<void>((resolve) => void door.close(() => resolve())));
  const { port } = door.address() as AddressInfo;
  const pace = { intervalMs: 100, timeoutMs: 20_000, failuresMax: 1 };
  const alive: Spec['alive'] = [
    { ...pace, check: { kind: 'exec', command: `printf x >>${asks}` } },
    { ...pace, check: { kind: 'tcp', port } },
  ];
  const pid = await expectRuns(ruled, { command: SLEEP, alive });
  await until('asks', 30_000, () => count() >= 2);
  ruled.rewrite({ allowed_commands: ['sleep'] });
  process.kill(ruled.launcher.program.pid, 'SIGHUP');
  const said = 'good runs on, and cannot be started again';
  await until('the rules', 30_000, () => ruled.launcher.program.output.includes(said));
  const [asked, knocked] = [count(), knocks];
  // The other probe, of the same pace, was asked so often since.
  await until('others to be asked', 30_000, () => knocks >= knocked + 8);
  expect(count()).toBeLessThanOrEqual(asked + 1);
  expect(isAlive(pid)).toBe(true);
  expect(ruled.manager.ended('good')).toEqual([]);
});

test('rules that come while a process runs hold for the birth that was made ready before', async () => {
  const manager = await managerOf();
  const file = join(world.directory(), 'worker.yaml');
  writeFileSync(file, 'processes: []\n');
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: ['--config', file] });
  const restart = { when: 'always', delayMs: 0, maxRestarts: 5 } as const;
  await manager.define({ name: 'good', command: SLEEP, restart });
  const first = await manager.running('good');
  process.kill(first, 'SIGKILL');
  // Born by what stood ready: without rules that goes on.
  const second = await manager.inState('good', 'running', ({ identity }) => identity.pid !== first);
  writeFileSync(file, 'processes: []\nsecurity: { allowed_commands: [env] }\n');
  process.kill(launcher.program.pid, 'SIGHUP');
  await until('the rules', 30_000, () =>
    launcher.program.output.includes('command rules in force: allowed_commands (1)'),
  );
  process.kill(second.identity.pid, 'SIGKILL');
  expect((await manager.inState('good', 'failed')).why).toContain('refused by security.allowed_commands');
});

test('a mistake in rules that are read again leaves the old ones in force', async () => {
  const ruled = await underRules(() => ({ allowed_commands: ['sleep'] }));
  await expectRuns(ruled, { command: SLEEP });
  ruled.rewrite({ alowed_commands: [] });
  process.kill(ruled.launcher.program.pid, 'SIGHUP');
  const said = 'security.alowed_commands is not a known key; did you mean allowed_commands?';
  await until('the log to say so', 30_000, () => ruled.launcher.program.output.includes(said));
  await expectRefused(ruled, { command: ['env'] }, 'allowed_commands');
});

/** A launcher that ends by itself, with these files beside it. */
async function told(flags: readonly string[], files: Readonly<Record<string, string>>) {
  const cwd = world.directory();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const started = world.start([process.execPath, LAUNCHER, '--data-dir', join(cwd, 'data'), ...flags], { cwd });
  const { code } = await started.ended;
  return { code, output: started.output };
}

test('--check: what the machine’s own file defines and its rules refuse, at its line; an interpreter on the list is warned of', async () => {
  const file = `security: { allowed_commands: [sleep, env] }
processes:
  - { name: good, command: sleep 5 }
  - name: bad
    command: sleep 5
    alive:
      - { exec: 'true; false' }
`;
  const { code, output } = await told(['--config', 'w.yaml', '--check'], { 'w.yaml': file });
  expect(code).toBe(3);
  expect(output).toMatch(
    /w\.yaml:7:9: the process bad is refused by security\.allowed_commands in .*: alive\[0\] needs a shell/,
  );
  expect(output).toMatch(/warning: security\.allowed_commands in .* has env: what runs whatever it is given/);
  expect(output).not.toContain('good');
});

test('places that others can write to are warned of: the file of the rules, what it lists, and what is above them', async () => {
  const tools = realpathSync(world.directory());
  program(join(tools, 'tool'), ':');
  chmodSync(join(tools, 'tool'), 0o777);
  const rules = { security: { allowed_commands: [join(tools, 'tool'), '/usr/bin/true'] } };
  const { code, output } = await told(['--security', 'r.yaml', '--check'], { 'r.yaml': JSON.stringify(rules) });
  expect(code).toBe(0);
  const warnings = output.split('\n').filter((line) => line.startsWith('warning: '));
  expect(warnings).toEqual([
    expect.stringContaining(`warning: ${join(tools, 'tool')} can be written to by everybody, so`),
  ]);
});

test.each<[string[], Record<string, string>, RegExp]>([
  [['--security', 'none.yaml'], {}, /none\.yaml: cannot be read: there is no such file/],
  [
    ['--security', 'r.yaml'],
    { 'r.yaml': 'security:\n  allowed_users: []\n' },
    /r\.yaml:2:3: .*says neither all nor none/,
  ],
  [
    ['--security', 'r.yaml'],
    { 'r.yaml': 'security:\n  allowed_commands: [../x]\n' },
    /r\.yaml:2:\d+: .*must be the name/,
  ],
  [
    ['--security', 'r.yaml', '--config', 'w.yaml'],
    { 'r.yaml': 'security: {}\n', 'w.yaml': 'security: {}\n' },
    /security is given twice/,
  ],
])('without its rules no launcher begins: %j', async (flags, files, sentence) => {
  const { code, output } = await told(flags, files);
  expect({ code, output }).toEqual({ code: 2, output: expect.stringMatching(sentence) as string });
});

test('--status tells of them; --stop-all needs none', async () => {
  const ruled = await underRules(() => ({ allowed_commands: ['sleep'] }));
  await expectRuns(ruled, { command: SLEEP });
  const where = ['--worker-id', 'w1', '--data-dir', ruled.launcher.dataDir];
  const status = await told([...where, '--status'], {});
  expect(status.output).toContain(`command rules: allowed_commands (1) of ${ruled.file}`);
  rmSync(ruled.file);
  expect(await told([...where, '--security', ruled.file, '--stop-all'], {})).toMatchObject({ code: 0 });
});

describe('containers', () => {
  const IMAGE = 'docker.io/acme/train:7';
  const containing = (container: object = {}): Spec => ({
    command: SLEEP,
    container: { image: IMAGE, network: 'none', ...container },
  });
  const volume = (source: string) => ({ volumes: [{ source, target: '/x' }] });
  const NO_ENGINE = { DOCKER_HOST: 'unix:///nowhere/engine.sock' };

  test('under rules there is none that they do not allow', async () => {
    const ruled = await underRules(() => ({ blocked_patterns: ['mkfs'] }));
    expect(await expectRefused(ruled, containing(), 'allow_containers')).toContain('it is a container');
  });

  test('of the machine it sees what is listed, links followed', async () => {
    const ruled = await underRules(
      (place) => ({
        allow_containers: true,
        allowed_images: ['docker.io/acme/*'],
        allowed_mounts: [join(place, 'jobs')],
        allowed_working_dirs: [join(place, 'jobs')],
        blocked_patterns: ['mkfs'],
      }),
      NO_ENGINE,
    );
    const { place } = ruled;
    symlinkSync('/etc', join(place, 'jobs', 'way-out'));
    await expectRefused(ruled, containing({ image: 'docker.io/other/x' }), 'allowed_images');
    await expectRefused(ruled, containing({ network: 'host' }), 'allow_host_network');
    await expectRefused(ruled, containing(volume('/')), 'allowed_mounts');
    await expectRefused(ruled, containing(volume(join(place, 'jobs', 'way-out'))), 'allowed_mounts');
    await expectRefused(ruled, containing(volume(join(place, 'jobs', '..', 'elsewhere'))), 'allowed_mounts');
    await expectRefused(ruled, { ...containing(), command: ['mkfs', '/dev/sda'] }, 'blocked_patterns');
    await expectRefused(ruled, { ...containing(), envFiles: ['/etc/environment'] }, 'allowed_working_dirs');
    // What they allow gets as far as the engine that is not there.
    const inside = { ...containing(volume(join(place, 'jobs', 'a'))), workingDir: '/anywhere' };
    await ruled.manager.define({ name: 'a', ...inside, restart: NEVER });
    const end = await until('its end', 30_000, () => ruled.manager.ended('a')[0]);
    expect(end.exit).toMatchObject({ exitCode: 125 });
  });

  asRoot('it runs as a user that is listed, by number', async () => {
    const ruled = await underRules(() => ({ allow_containers: true, allowed_users: ['nobody'] }), NO_ENGINE);
    await expectRefused(ruled, containing(), 'allowed_users');
    await expectRefused(ruled, containing({ user: 'nobody' }), 'allowed_users');
    await expectRefused(ruled, containing({ user: '0' }), 'allowed_users');
    await expectRefused(ruled, containing({ user: '65534:0' }), 'allowed_users');
    await ruled.manager.define({ name: 'a', ...containing({ user: '65534' }), restart: NEVER });
    expect((await until('its end', 30_000, () => ruled.manager.ended('a')[0])).exit).toMatchObject({ exitCode: 125 });
  });
});
