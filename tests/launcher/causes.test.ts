/** Who or what ended a run: said where it can be proven, and null where nobody can say. */
import { existsSync, mkdirSync, openSync, closeSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exit } from '../../protocol/exit';
import { findControllers } from '../../launcher/birth/controllers';
import { startLauncher } from '../harness/launcher';
import { isAlive } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { type TinyManager, useTinyManager } from './tiny-manager';
import { undisturbed } from './undisturbed';

const world = useWorld();
const managerOf = useTinyManager(world);
const MiB = 1024 * 1024;
const NEVER = { when: 'never' } as const;
const SLEEP = ['sleep', '1000'];
const memory = findControllers(`procguard.test.${process.pid}`).get('memory');
const withMemory = memory === undefined ? test.skip : test;
if (memory === undefined) console.warn('no memory controller can be used on this machine: out of memory is not tested');

const exitOf = (manager: TinyManager, process: string): Promise<Exit> =>
  until('its end', 30_000, () => manager.ended(process)[0]?.exit);

describe.each(['cgroup', 'proc-scan'])('trees kept by %s', (tree) => {
  test.each([
    ['exit 7', { exitCode: 7, cause: { kind: 'own', evidence: 'it exited with code 7' } }],
    ['kill -SEGV $$', { signal: 'SIGSEGV', cause: { kind: 'own' } }],
    ['kill -ABRT $$', { signal: 'SIGABRT', cause: { kind: 'own' } }],
  ])('%s is its own', async (command, expected) => {
    const manager = await managerOf();
    startLauncher(world, { managerUrl: manager.url, flags: ['--tree', tree] });
    await manager.define({ name: 'a', command, restart: NEVER });
    expect(await exitOf(manager, 'a')).toMatchObject(expected);
  });

  test.each(['SIGKILL', 'SIGTERM', 'SIGHUP'] as const)('%s from outside is a stranger’s', async (signal) => {
    const exit = await undisturbed(async () => {
      const manager = await managerOf();
      startLauncher(world, { managerUrl: manager.url, flags: ['--tree', tree] });
      await manager.define({ name: 'a', command: SLEEP, restart: NEVER });
      process.kill(await manager.running('a'), signal);
      return exitOf(manager, 'a');
    });
    expect(exit).toMatchObject({
      signal,
      cause: { kind: 'stranger', evidence: expect.stringContaining('no stop was asked') as string },
    });
  });

  test.each(['stop', 'kill'] as const)('%s was asked, however it ended then', async (verb) => {
    const manager = await managerOf();
    startLauncher(world, { managerUrl: manager.url, flags: ['--tree', tree] });
    await manager.define({ name: 'a', command: 'trap "exit 3" TERM; while :; do sleep 0.05; done' });
    await manager.running('a');
    const { certificate } = await manager.control({ process: 'a', verb });
    expect(certificate?.exit).toMatchObject({ cause: { kind: 'asked' } });
  });
});

withMemory('a descendant ended for memory, then the leader by itself: both are said', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url });
  const command = 'dd if=/dev/zero of=/dev/null bs=300M count=1; exit 5';
  await manager.define({ name: 'a', command, restart: NEVER, limits: { memoryBytes: 64 * MiB } });
  expect(await exitOf(manager, 'a')).toMatchObject({
    exitCode: 5,
    cause: {
      kind: 'oom',
      evidence: 'memory limit 64M, 1 memory kill counted in its cgroup; then it exited with code 5',
    },
  });
});

withMemory('killed by a stranger though it has a memory limit', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url });
  await manager.define({ name: 'a', command: SLEEP, restart: NEVER, limits: { memoryBytes: 64 * MiB } });
  process.kill(await manager.running('a'), 'SIGKILL');
  expect(await exitOf(manager, 'a')).toMatchObject({ signal: 'SIGKILL', cause: { kind: 'stranger' } });
});

withMemory('out of memory while no launcher was there: the cgroup still tells the next one', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url });
  const gate = join(world.directory(), 'gate');
  const command = `while [ ! -e ${gate} ]; do sleep 0.02; done; exec dd if=/dev/zero of=/dev/null bs=300M count=1`;
  await manager.define({ name: 'a', command, restart: NEVER, limits: { memoryBytes: 64 * MiB } });
  const pid = await manager.running('a');
  await launcher.program.end('SIGKILL');
  writeFileSync(gate, '');
  await until('its end', 30_000, () => !isAlive(pid));
  launcher.again();
  expect(await exitOf(manager, 'a')).toMatchObject({ signal: 'SIGKILL', cause: { kind: 'oom' } });
});

test('killed while no launcher was there, by nobody knows whom', async () => {
  const { signal, cause } = await undisturbed(async () => {
    const manager = await managerOf();
    const launcher = startLauncher(world, { managerUrl: manager.url });
    await manager.define({ name: 'a', command: SLEEP, restart: NEVER });
    const pid = await manager.running('a');
    await launcher.program.end('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await until('its end', 30_000, () => !isAlive(pid));
    launcher.again();
    return exitOf(manager, 'a');
  });
  // Certain only where the machine never had a memory kill at all.
  expect(signal).toBe('SIGKILL');
  expect([undefined, 'stranger']).toContain(cause?.kind);
});

/** Whether the kernel's log may be read here. */
const readsKernelLog = (): boolean => {
  try {
    closeSync(openSync('/dev/kmsg', 'r'));
    return true;
  } catch {
    return false;
  }
};

withMemory(
  'without a cgroup of its own the kernel’s log, or else the machine’s count, tells of a memory kill',
  async () => {
    const manager = await managerOf();
    startLauncher(world, { managerUrl: manager.url, flags: ['--tree', 'proc-scan'] });
    // Not ours: the program puts itself there, as a container engine would.
    const { base = '', version = 2 } = memory ?? {};
    const cgroup = join(base, `procguard.test.${world.id}`);
    mkdirSync(cgroup);
    writeFileSync(join(cgroup, version === 2 ? 'memory.max' : 'memory.limit_in_bytes'), String(64 * MiB), {
      flag: 'r+',
    });
    world.afterwards(() => until('an empty cgroup', 30_000, () => removed(cgroup)).then(() => {}));
    const command = `echo 0 >${cgroup}/cgroup.procs; exec dd if=/dev/zero of=/dev/null bs=300M count=1`;
    await manager.define({ name: 'a', command, restart: NEVER });
    const { cause } = await exitOf(manager, 'a');
    expect(cause?.kind).toBe('oom');
    expect(cause?.evidence).toContain(
      readsKernelLog() ? "the kernel's log: Memory cgroup out of memory: Killed process" : 'most likely',
    );
  },
);

function removed(cgroup: string): boolean {
  try {
    rmdirSync(cgroup);
  } catch {
    return !existsSync(cgroup);
  }
  return true;
}
