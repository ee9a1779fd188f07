/** As whom a process runs, where, and in which environment. */
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { type TinyManager, useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const NEVER = { when: 'never' } as const;
const NOBODY = 65_534;

const asRoot = process.getuid?.() === 0 ? test : test.skip;
if (asRoot === test.skip) console.warn('not root: running as other users is not tested');

const ended = (manager: TinyManager, process: string) =>
  until('its end', 30_000, () => manager.ended(process)[0]?.exit);
async function printed(manager: TinyManager, text: string): Promise<void> {
  const isThere = (): boolean => manager.textOf().length >= text.length;
  await until('its output', 30_000, isThere).catch(() => {}); // the comparison says more
  expect(manager.textOf()).toBe(text);
}

/** A directory that every user may enter. */
function openDirectory(): string {
  const path = world.directory();
  chmodSync(path, 0o755);
  return path;
}

asRoot('who could not become its user is told why, in the words of what refused, and leaves no directory', async () => {
  const manager = await managerOf();
  const bin = world.directory();
  const script = '#!/bin/sh\necho "setpriv: setgroups failed: Operation not permitted" >&2\nexit 1\n';
  writeFileSync(join(bin, 'setpriv'), script, { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env['PATH']}` };
  const launcher = startLauncher(world, { managerUrl: manager.url, env });
  const restart = { when: 'always', delayMs: 20, delayMaxMs: 20, maxRestarts: 3, windowMs: 3_600_000 } as const;
  await manager.define({ name: 'a', command: 'sleep 1000', user: 'nobody', workingDir: '/', restart });
  const { why } = await manager.inState('a', 'failed');
  expect(why).toContain('it could not become user nobody: setpriv: setgroups failed: Operation not permitted');
  expect(readdirSync(join(launcher.dataDir, 'processes/a/runs'))).toEqual([]);
});

asRoot('a user: its group and groups, home, name and shell; the output may be opened again by name', async () => {
  const manager = await managerOf();
  // The launcher itself has groups that the child must not keep.
  startLauncher(world, { managerUrl: manager.url, on: ['setpriv', '--groups', '4,24', '--'] });
  const command =
    'id -u; id -g; id -G; echo $HOME $USER $LOGNAME $SHELL; pwd; umask; echo again >>/dev/stdout; test -w /root || echo unprivileged';
  await manager.define({ name: 'a', command, user: 'nobody', umask: 0o027, workingDir: '/', restart: NEVER });
  expect(await ended(manager, 'a')).toMatchObject({ exitCode: 0 });
  const [, , , , , home, shell] =
    readFileSync('/etc/passwd', 'utf8')
      .match(/^nobody:.*$/m)?.[0]
      .split(':') ?? [];
  await printed(manager, `65534\n65534\n65534\n${home} nobody nobody ${shell}\n/\n0027\nagain\nunprivileged\n`);
});

asRoot('a group alone; a number that no user has, with a group; its tree is stopped like any other', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url });
  const base = { workingDir: '/', restart: NEVER };
  await manager.define({ ...base, name: 'a', command: 'id -u; id -g', group: 'nogroup' });
  await printed(manager, '0\n65534\n');
  await manager.define({
    ...base,
    name: 'b',
    command: 'id -u; id -g; id -G; setsid sleep 1000 & sleep 1000',
    user: '4711',
    group: '4712',
  });
  await printed(manager, '0\n65534\n4711\n4712\n4712\n');
  const pid = await manager.running('b');
  expect(statSync(`/proc/${pid}`).uid).toBe(4711);
  await until('both', 30_000, () => textIn(`/proc/${pid}/task/${pid}/children`).trim().split(' ').length === 2);
  const { certificate } = await manager.control({ process: 'b', verb: 'stop' });
  expect(certificate).toMatchObject({ left: [], exit: { signal: 'SIGTERM', cause: { kind: 'asked' } } });
  expect(certificate?.seen.length).toBeGreaterThanOrEqual(3);
});

asRoot('another user survives kill -9 of the launcher, with limits', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url });
  await manager.define({
    name: 'a',
    command: ['sleep', '1000'],
    user: 'nobody',
    workingDir: '/',
    limits: { pids: 30, nice: 4 },
  });
  const pid = await manager.running('a');
  await launcher.program.end('SIGKILL');
  launcher.again();
  await until('the second sync', 30_000, () => manager.syncs.length >= 2);
  expect(manager.syncs[1]?.processes[0]?.report.state).toMatchObject({ kind: 'running', identity: { pid } });
  const { certificate } = await manager.control({ process: 'a', verb: 'stop' });
  expect(certificate).toMatchObject({ left: [], exit: { signal: 'SIGTERM', source: 'record' } });
});

asRoot.each([
  [{ user: 'no-such-user' }, 'there is no user "no-such-user" on this machine; create it, or correct user'],
  [{ group: 'no-such-group' }, 'there is no group "no-such-group" on this machine; create it, or correct group'],
  [{ user: '4711' }, 'user 4711 has no entry on this machine, so its group is not known; set group too'],
  [
    { user: 'nobody', workingDir: '/root' },
    'the working directory /root does not exist, or user nobody may not enter it; create it, or correct working_dir',
  ],
  [
    { user: 'nobody', workingDir: '/', command: ['no-such-program'] },
    'there is no program no-such-program that user nobody may run; check the command, or give its full path',
  ],
])('%j cannot be born, and is not tried again', async (words, sentence) => {
  chmodSync('/root', statSync('/root').mode & 0o700);
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url });
  const answer = await manager.define({ name: 'a', command: ['sleep', '1000'], ...words });
  expect(answer).toMatchObject({ ok: false, message: expect.stringContaining(sentence) as string });
  expect(manager.report('a')?.state).toMatchObject({
    kind: 'failed',
    why: expect.stringContaining(sentence) as string,
  });
  expect(manager.ended('a')).toEqual([]);
});

asRoot('a launcher without the rights of root refuses another user, and takes its own', async () => {
  const manager = await managerOf();
  const dataDir = world.directory();
  chownSync(dataDir, NOBODY, NOBODY);
  startLauncher(world, {
    managerUrl: manager.url,
    dataDir,
    on: [
      'setpriv',
      '--reuid=nobody',
      '--regid=nogroup',
      '--clear-groups',
      '--',
      '/bin/sh',
      '-c',
      `cd ${dataDir} && exec "$@"`,
      '-',
    ],
  });
  expect(await manager.define({ name: 'a', command: ['id', '-u'], user: 'daemon' })).toMatchObject({
    ok: false,
    message: expect.stringContaining(
      'running it as user daemon takes a launcher that runs as root, and this one runs as nobody',
    ) as string,
  });
  await manager.define({ name: 'b', command: ['id', '-u'], user: 'nobody', workingDir: '/', restart: NEVER });
  await printed(manager, '65534\n');
  // No cgroup is this user's to make, so its processes are limited as the user's.
  await manager.define({
    name: 'c',
    command: 'ulimit -u || ulimit -p',
    workingDir: '/',
    restart: NEVER,
    limits: { pids: 500 },
  });
  await until('its output', 30_000, () => manager.textOf().endsWith('\n500\n'));
  expect(await ended(manager, 'c')).toMatchObject({ exitCode: 0 });
});

asRoot('variables of another user do not reach a program that runs as root', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url });
  const place = openDirectory();
  const traces = join(place, 'traces');
  mkdirSync(traces);
  chmodSync(traces, 0o777);
  const envFile = join(place, 'env');
  // The dynamic linker writes this file as whoever the program runs as.
  writeFileSync(envFile, `LD_DEBUG=files\nLD_DEBUG_OUTPUT=${join(traces, 'ld')}\n`);
  await manager.define({
    name: 'a',
    command: 'echo "$LD_DEBUG"',
    user: 'nobody',
    workingDir: '/',
    envFiles: [envFile],
    restart: NEVER,
  });
  await printed(manager, 'files\n');
  const owners = readdirSync(traces).map((name) => statSync(join(traces, name)).uid);
  expect(new Set(owners)).toEqual(new Set([NOBODY]));
});

test('env_file, env and env_inherit: which one wins, and what is handed on', async () => {
  const manager = await managerOf();
  const place = world.directory();
  writeFileSync(join(place, 'one'), `export A=one\nB='of file one'\nC="two\\nlines"\n# a comment\nWORKER_ID=liar\n`);
  writeFileSync(join(place, 'two'), 'B=of file two # and a comment\nodd.name=kept\n');
  startLauncher(world, {
    managerUrl: manager.url,
    env: { LC_TEST: 'l', CUDA_HOME: 'c', CUDA_X: 'x', SECRET: 's', A: 'inherited', d: 'd', s: 's' },
  });
  const base = { workingDir: place, restart: NEVER, env: { C2: 'own', A: 'own' } };
  await manager.define({
    ...base,
    name: 'a',
    command: 'echo "$A|$B|$C|$LC_TEST|$CUDA_HOME|$CUDA_X|$SECRET|$WORKER_ID|$d"; test -n "$PATH$HOME" && echo found',
    envFiles: ['one', '-missing', './two'],
    envInherit: ['CUDA_*'],
  });
  await printed(manager, 'own|of file two|two\nlines|l|c|x||w1|\nfound\n');
  // Variables named as a shell script would name its own reach the program as they are.
  const env = { b: '1', c: '2', g: '3', p: '4' };
  await manager.define({ ...base, name: 'b', command: ['env'], envFiles: ['two'], env });
  await until('its output', 30_000, () => manager.textOf().includes('SECRET=s\n'));
  const lines = manager.textOf().split('\n');
  for (const line of ['odd.name=kept', 'b=1', 'c=2', 'g=3', 'p=4', 'd=d', 's=s', 'A=inherited'])
    expect(lines).toContain(line);
  expect(lines.filter((line) => line.startsWith('__pg'))).toEqual([]);
});

test.each([
  ['A=1\nnonsense\n', 'is wrong in line 2: "nonsense" is not of the form NAME=value'],
  ['A="1\n', 'is wrong in line 1: the value of A has no closing "'],
  [null, 'does not exist; create it, or write -'],
])('a mistake in an env_file names file and line: %j', async (text, sentence) => {
  const manager = await managerOf();
  const file = join(world.directory(), 'env');
  if (text !== null) writeFileSync(file, text);
  startLauncher(world, { managerUrl: manager.url });
  expect(await manager.define({ name: 'a', command: 'true', envFiles: [file] })).toMatchObject({
    ok: false,
    message: expect.stringContaining(`the env_file ${file} ${sentence}`) as string,
  });
});

test('a changed env_file holds from the next start on, also where that comes without delay', async () => {
  const manager = await managerOf();
  const file = join(world.directory(), 'env');
  writeFileSync(file, 'WORD=first\n');
  startLauncher(world, { managerUrl: manager.url });
  await manager.define({
    name: 'a',
    command: `echo $WORD; echo WORD=second >${file}; exit 1`,
    envFiles: [file],
    restart: { when: 'on-failure', delayMs: 0, maxRestarts: 1 },
  });
  await printed(manager, 'first\nsecond\n');
});
