/** DESIGN promise 3: stop means gone, with and without cgroups, also when the launcher is killed in the middle of it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { versionOneMountOf } from '../../launcher/tree/cgroup-mount';
import { readStat } from '../../launcher/process/identity';
import { startLauncher } from '../harness/launcher';
import { findMarked, isAlive } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { type TinyManager, useTinyManager } from './tiny-manager';
import { undisturbed } from './undisturbed';

const world = useWorld();
const managerOf = useTinyManager(world);
const nasty = resolve('tests/fixtures/nasty-tree.sh');
/** Two in the leader's group, one in a session of its own, one of a session of its own without a parent. */
const FOUR = ['bash', '-c', 'sleep 1000 & sleep 1000 & setsid sleep 1000 & (setsid sleep 1000 &); wait'];
const DEAF = ['sh', '-c', "trap '' TERM; while :; do sleep 0.05; done"];
const others = (): string[] =>
  findMarked(world.id).flatMap(({ command }) => (/launcher\.js|shim-/.test(command) ? [] : [command]));

/** Those that carry no mark are told by what they are. */
const sleepers = (seconds: number): number =>
  readdirSync('/proc').filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/cmdline`, 'latin1') === `sleep\0${seconds}\0`;
    } catch {
      return false;
    }
  }).length;

/** Nobody else's sleep has this length. */
const ownLength = (): number => 1_000_000 + process.pid;

describe.each(['cgroup', 'proc-scan'])('with %s', (tree) => {
  const launcherOf = (manager: TinyManager) =>
    startLauncher(world, { managerUrl: manager.url, flags: ['--tree', tree] });

  test('deaf, double-forked, in sessions of their own: a stop leaves none, and the certificate names them', async () => {
    const manager = await managerOf();
    launcherOf(manager);
    await manager.define({ name: 'a', command: nasty, stop: { graceMs: 500 } });
    await until('the tree', 30_000, () => manager.textOf().includes('ready'));
    await until('all of it', 30_000, () => others().filter((command) => command.includes('trap')).length >= 3);
    const { ok, certificate } = await manager.control({ process: 'a', verb: 'stop' });
    expect(ok).toBe(true);
    expect(certificate).toMatchObject({ left: [], verifiedBy: tree, exit: { signal: 'SIGKILL' } });
    expect(certificate?.signals[0]?.signal).toBe('SIGTERM');
    expect(certificate?.signals.some(({ signal }) => signal === 'SIGKILL')).toBe(true);
    expect(certificate?.seen.length).toBeGreaterThanOrEqual(4);
    await until('nobody', 30_000, () => others().length === 0);
  });

  test('a leader with four descendants, two of whom left: none is left over', async () => {
    const manager = await managerOf();
    launcherOf(manager);
    await manager.define({ name: 'a', command: FOUR });
    await until(
      'all five',
      30_000,
      () => others().length === 5 && others().filter((it) => it === 'sleep 1000').length === 4,
    );
    const { certificate } = await manager.control({ process: 'a', verb: 'stop' });
    expect(certificate).toMatchObject({ left: [], verifiedBy: tree });
    expect(certificate?.seen).toHaveLength(5);
    expect(certificate?.seen.every(({ goneAtMs }) => goneAtMs !== null)).toBe(true);
    expect(certificate?.signals.map(({ signal }) => signal)).not.toContain('SIGKILL');
    expect(others()).toEqual([]);
  });

  test('a fork bomb is ended', async () => {
    const manager = await managerOf();
    launcherOf(manager);
    // Bounded by itself: some 150 at once, for ever.
    const bomb = 'b() { while :; do sleep 1 & sleep 0.05; (sleep 1 &); done; }; b & b & b & b & wait';
    await manager.define({ name: 'a', command: bomb, stop: { graceMs: 0 } });
    await until('a crowd', 30_000, () => others().length > 20);
    expect(await manager.control({ process: 'a', verb: 'stop' })).toMatchObject({
      ok: true,
      certificate: { left: [] },
    });
    expect(others()).toEqual([]);
  });

  test('a stopped (SIGSTOP) child still hears the stop', async () => {
    const manager = await managerOf();
    launcherOf(manager);
    await manager.define({ name: 'a', command: ['sleep', '1000'] });
    process.kill(await manager.running('a'), 'SIGSTOP');
    const { certificate } = await manager.control({ process: 'a', verb: 'stop' });
    expect(certificate).toMatchObject({ left: [], exit: { signal: 'SIGTERM' } });
  });

  test('one that wiped its environment and lost its parent is found while it has its cgroup, or writes to the output', async () => {
    const manager = await managerOf();
    launcherOf(manager);
    const seconds = ownLength();
    await manager.define({ name: 'a', command: `(setsid env -i sleep ${seconds} &); echo up; exec sleep 1000` });
    const pid = await manager.running('a');
    await until('it', 30_000, () => manager.textOf() === 'up\n' && sleepers(seconds) === 1);
    await until('its leader to be what it becomes', 30_000, () => readStat(pid)?.name === 'sleep');
    const { certificate } = await manager.control({ process: 'a', verb: 'stop' });
    expect(certificate).toMatchObject({ left: [] });
    expect(certificate?.seen.filter(({ command }) => command === 'sleep')).toHaveLength(2);
    expect(sleepers(seconds)).toBe(0);
  });

  test('a leader that ends and leaves others behind: they are ended before anything else happens', async () => {
    const manager = await managerOf();
    launcherOf(manager);
    const command = 'sleep 1000 & setsid sleep 1000 & exit 3';
    await manager.define({ name: 'a', command, restart: { when: 'never' } });
    const end = await until('its end', 30_000, () => manager.ended('a')[0]);
    expect(end).toMatchObject({ exit: { exitCode: 3, cause: { kind: 'own' } }, certificate: { left: [] } });
    expect(end.certificate?.seen).toHaveLength(2);
    expect(others()).toEqual([]);
  });

  test('a zombie leader that nobody reaps, because its shim is stopped: its tree is ended, its exit learnt', async () => {
    const { pid, ok, certificate } = await undisturbed(async () => {
      const manager = await managerOf();
      launcherOf(manager);
      await manager.define({ name: 'a', command: ['sh', '-c', 'setsid sleep 1000 & exec sleep 1000'] });
      const leader = await manager.running('a');
      await until('both', 30_000, () => others().length === 2);
      const shim = readStat(leader)?.parent ?? 0;
      process.kill(shim, 'SIGSTOP');
      // It waits for its child in the kernel: a child that ended before it has stopped is reaped all the same.
      await until('its shim to be stopped', 30_000, () => readStat(shim)?.state === 'T');
      process.kill(leader, 'SIGKILL');
      await until('a zombie', 30_000, () => readStat(leader)?.state === 'Z');
      return { pid: leader, ...(await manager.control({ process: 'a', verb: 'stop' })) };
    });
    expect(ok).toBe(true);
    expect(certificate).toMatchObject({ left: [], exit: { signal: 'SIGKILL', cause: { kind: 'stranger' } } });
    expect(isAlive(pid)).toBe(false);
    expect(others()).toEqual([]);
  });

  test('a shim that was stopped when its program ended, and nobody asks for a stop: it goes on and tells, and the program is restarted', async () => {
    const manager = await managerOf();
    const launcher = launcherOf(manager);
    await manager.define({ name: 'a', command: ['sleep', '1000'], restart: { when: 'always', delayMs: 0 } });
    const leader = await manager.running('a');
    const shim = readStat(leader)?.parent ?? 0;
    process.kill(shim, 'SIGSTOP');
    await until('its shim to be stopped', 30_000, () => readStat(shim)?.state === 'T');
    process.kill(leader, 'SIGTERM');
    const end = await until('its end', 30_000, () => manager.ended('a')[0]);
    expect(end).toMatchObject({ exit: { signal: 'SIGTERM', source: 'record' } });
    await until('another one', 30_000, async () => (await manager.running('a')) !== leader);
    expect(launcher.program.output).toContain(`(pid ${shim}) was stopped when its program ended`);
  });

  test('a shim that was stopped while it waited for its order: it goes on with that', async () => {
    const manager = await managerOf();
    const { program } = launcherOf(manager);
    await manager.define({ name: 'a', command: ['sleep', '1000'], restart: { when: 'always', delayMs: 0 } });
    const leader = await manager.running('a');
    const own = readStat(leader)?.parent;
    const children = `/proc/${program.pid}/task/${program.pid}/children`;
    const next = await until('the next shim', 30_000, () => {
      const others = readFileSync(children, 'utf8').split(' ').filter(Boolean).map(Number);
      return others.filter((pid) => pid !== own && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('once'))[0];
    });
    process.kill(next, 'SIGSTOP');
    await until('it to be stopped', 30_000, () => readStat(next)?.state === 'T');
    process.kill(leader, 'SIGTERM');
    await until('another one', 30_000, async () => (await manager.running('a')) !== leader);
    expect(readStat(await manager.running('a'))?.parent).toBe(next);
  });

  test.each([
    ['deaf, double-forked, in sessions of their own', nasty, 4],
    ['four descendants', FOUR, 5],
    ['deaf', DEAF, 1],
    ['stopped', ['sh', '-c', 'sleep 1000 & kill -STOP $$'], 2],
  ] as const)('a launcher killed in the middle of a stop: the next one ends it (%s)', async (_, command, members) => {
    const manager = await managerOf();
    const launcher = launcherOf(manager);
    await manager.define({
      name: 'a',
      command: typeof command === 'string' ? command : [...command],
      // Nobody goes by these: the stop is under way until the next launcher kills.
      stop: { signal: 'SIGWINCH', graceMs: 60_000, then: [{ signal: 'SIGURG', graceMs: 60_000 }] },
    });
    await manager.running('a');
    await until('its tree', 30_000, () => others().length >= members);
    manager.begin({ kind: 'control', process: 'a', verb: 'stop' });
    await until('the stop to be under way', 30_000, () => manager.report('a')?.state.kind === 'stopping');
    await launcher.program.end('SIGKILL');
    launcher.again();
    await until('the second sync', 30_000, () => manager.syncs.length >= 2);
    expect(manager.syncs[1]?.processes[0]?.report).toMatchObject({ desired: 'stopped', state: { kind: 'stopping' } });
    const { ok, certificate } = await manager.control({ process: 'a', verb: 'kill' });
    expect(ok).toBe(true);
    expect(certificate).toMatchObject({
      left: [],
      exit: { source: 'record', cause: { kind: 'asked' } },
    });
    await until('nobody', 30_000, () => others().length === 0);
    expect(manager.ended('a')).toHaveLength(1);
  });
});

const freezer = versionOneMountOf(readFileSync('/proc/self/mounts', 'latin1'), 'freezer');
const canFreeze = freezer !== null && process.getuid?.() === 0;
const withFreezer = canFreeze ? test : test.skip;
if (!canFreeze) console.warn('no version 1 freezer that may be used: a process that SIGKILL cannot end is not tested');

withFreezer('one that cannot be killed is reported as not stopped, and watched until it is gone', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url });
  await manager.define({ name: 'a', command: ['sleep', '1000'], stop: { graceMs: 0 } });
  const pid = await manager.running('a');
  // Frozen by version 1, a process takes no signal, SIGKILL neither: the nearest to one that hangs in a dead NFS mount.
  const cgroup = join(freezer ?? '', `procguard.test.${world.id}`);
  const state = (word: string): void => writeFileSync(join(cgroup, 'freezer.state'), word);
  mkdirSync(cgroup);
  world.afterwards(async () => {
    if (existsSync(cgroup)) state('THAWED');
    await until('an empty cgroup', 30_000, () => removed(cgroup));
  });
  writeFileSync(join(cgroup, 'cgroup.procs'), String(pid));
  state('FROZEN');
  await until('frozen', 30_000, () => readFileSync(join(cgroup, 'freezer.state'), 'latin1') === 'FROZEN\n');

  const answer = await manager.control({ process: 'a', verb: 'stop' });
  expect(answer).toMatchObject({ ok: false, certificate: { left: [{ pid, command: 'sleep' }], exit: null } });
  expect(answer.message).toContain(`not stopped: SIGKILL did not end ${pid} (sleep)`);
  expect(isAlive(pid)).toBe(true);
  expect(await manager.control({ process: 'a', verb: 'start' })).toMatchObject({
    ok: false,
    message: expect.stringContaining('1 process of its last run could not be ended') as string,
  });

  await launcher.program.end('SIGKILL');
  launcher.again();
  await until('the second sync', 30_000, () => manager.syncs.length >= 2);
  expect(manager.syncs[1]?.processes[0]?.report.state).toMatchObject({ kind: 'failed' });
  expect(await manager.control({ process: 'a', verb: 'start' })).toMatchObject({ ok: false });
  expect(isAlive(pid)).toBe(true);

  state('THAWED');
  await until('its end', 30_000, () => manager.report('a')?.state.kind === 'stopped');
  expect(isAlive(pid)).toBe(false);
  expect(manager.ended('a')).toMatchObject([{ exit: { signal: 'SIGKILL' }, certificate: { left: [] } }]);
});

function removed(cgroup: string): boolean {
  try {
    rmdirSync(cgroup);
  } catch {
    return !existsSync(cgroup);
  }
  return true;
}

test('kill does not wait for the grace', async () => {
  const manager = await managerOf();
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--stop-timeout', '60', '--command', nasty],
  });
  await until('the tree', 30_000, () => manager.textOf().includes('ready'));
  const { certificate } = await manager.control({ process: 'w1', verb: 'kill' });
  expect(certificate?.signals.map(({ signal }) => signal)).not.toContain('SIGTERM');
  expect(manager.report('w1')).toMatchObject({ desired: 'stopped', state: { kind: 'stopped' } });
});
