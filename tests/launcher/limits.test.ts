/** Each limit of a process, with programs that run into it; by cgroups and without. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findControllers } from '../../launcher/birth/controllers';
import type { Controller } from '../../launcher/core/limit-plan';
import { startLauncher, type StartedLauncher } from '../harness/launcher';
import { findMarked } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { type TinyManager, useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const MiB = 1024 * 1024;
/** Fills as much memory as it says, and ends. */
const filling = (amount: string): string[] => ['dd', 'if=/dev/zero', 'of=/dev/null', `bs=${amount}`, 'count=1'];
const NEVER = { when: 'never' } as const;

const controllers = findControllers(`procguard.test.${process.pid}`);
/** Where this machine has the controller; else the test says why it is not run. */
const withController = (controller: Controller): jest.It => {
  if (controllers.has(controller)) return test;
  console.warn(`no ${controller} controller can be used on this machine: its limit is not tested`);
  return test.skip;
};

const others = (): number => findMarked(world.id).filter(({ command }) => !/launcher\.js|shim-/.test(command)).length;
const exitOf = (manager: TinyManager, process: string) =>
  until('its end', 30_000, () => manager.ended(process)[0]?.exit);
const runPath = (launcher: StartedLauncher, manager: TinyManager, process: string): string => {
  const state = manager.report(process)?.state;
  if (state?.kind !== 'running') throw new Error('it does not run');
  return join(launcher.dataDir, 'processes', process, 'runs', state.run);
};

withController('memory')('memory: over its limit the kernel ends it, and that is said', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url });
  const limits = { memoryBytes: 64 * MiB };
  await manager.define({ name: 'a', command: filling('300M'), restart: NEVER, limits });
  expect(await exitOf(manager, 'a')).toMatchObject({
    signal: 'SIGKILL',
    cause: { kind: 'oom', evidence: 'memory limit 64M, 1 memory kill counted in its cgroup' },
  });
  expect(manager.report('a')?.state.why).toContain('out of memory');
  // The same program with enough of it.
  await manager.define({ name: 'b', command: filling('16M'), restart: NEVER, limits });
  expect(await exitOf(manager, 'b')).toMatchObject({ exitCode: 0, cause: { kind: 'own' } });
});

withController('pids')(
  'pids: a bomb fills its limit and no more, and is stopped; its cgroups are removed',
  async () => {
    const manager = await managerOf();
    const launcher = startLauncher(world, { managerUrl: manager.url });
    // The inner shell gives up when it cannot fork any more; the leader then stops itself, which takes no fork.
    const command = '(while :; do sleep 1000 & done); echo full; kill -STOP $$';
    await manager.define({ name: 'bomb', command, limits: { pids: 20 } });
    await until('full', 30_000, () => manager.textOf().includes('full'));
    await until('as many as it may have', 30_000, () => others() === 19); // and the inner shell is gone
    const cgroups = readFileSync(join(runPath(launcher, manager, 'bomb'), 'cgroups'), 'utf8')
      .trim()
      .split('\n');
    expect(cgroups.every((path) => path === '' || existsSync(path))).toBe(true);
    expect(await manager.control({ process: 'bomb', verb: 'stop' })).toMatchObject({
      ok: true,
      certificate: { left: [] },
    });
    expect(others()).toBe(0);
    await until('no cgroup', 30_000, () => cgroups.every((path) => path === '' || !existsSync(path)));
  },
);

withController('cpu')('cpu: a busy loop has its share of a core', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url });
  await manager.define({ name: 'busy', command: ['sh', '-c', 'while :; do :; done'], limits: { cpuCores: 0.2 } });
  const pid = await manager.running('busy');
  const startedAt = performance.now();
  const cpuTicks = (): number => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[11]);
  };
  const before = cpuTicks();
  await until('0.3 s of CPU time', 30_000, () => cpuTicks() - before >= 30);
  // 0.3 s at a fifth of a core are 1.5 s, less what its first period allowed.
  expect(performance.now() - startedAt).toBeGreaterThan(1_200);
});

test('open files, niceness and the memory killer’s order reach the program', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url });
  const command = 'ulimit -Sn; ulimit -Hn; nice; cat /proc/self/oom_score_adj';
  const limits = { openFiles: 64, nice: 7, oomScore: 300 };
  await manager.define({ name: 'a', command, restart: NEVER, limits });
  expect(await exitOf(manager, 'a')).toMatchObject({ exitCode: 0 });
  await until('its output', 30_000, () => manager.textOf() === '64\n64\n7\n300\n');
  expect(manager.report('a')?.unenforced).toEqual([]);
});

test('limits hold in every run of a process that restarts without delay', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url });
  const command = 'ulimit -n; exit 1';
  await manager.define({
    name: 'a',
    command,
    restart: { when: 'on-failure', delayMs: 0, maxRestarts: 3 },
    limits: { openFiles: 77, ...(controllers.has('pids') ? { pids: 50 } : {}) },
  });
  await until('four runs', 30_000, () => manager.ended('a').length === 4);
  await until('their output', 30_000, () => manager.textOf() === '77\n'.repeat(4));
});

test('without cgroups: rlimits instead, and what is not enforced is said at start and shown', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: ['--tree', 'proc-scan'] });
  const limits = { memoryBytes: 256 * MiB, cpuCores: 1, pids: 20 };
  await manager.define({ name: 'a', command: ['sleep', '1000'], limits });
  const unenforced = [
    'limits.memory: no cgroups are used here (--tree); the address space of each process is limited to 256M instead, the tree as a whole is not',
    'limits.cpu: no cgroups are used here (--tree)',
    expect.stringContaining('limits.pids: no cgroups are used here (--tree)'),
  ];
  await until('the report', 30_000, () => manager.report('a')?.unenforced.length === 3);
  expect(manager.report('a')?.unenforced).toEqual(unenforced);
  const said = 'a: not enforced: limits.cpu: no cgroups are used here (--tree)';
  await until('the log to say so', 30_000, () => launcher.program.output.includes(said));
  expect(readFileSync(`/proc/${await manager.running('a')}/limits`, 'utf8')).toMatch(
    new RegExp(`Max address space +${256 * MiB} +${256 * MiB} `),
  );
  // It is as unlimited after its launcher was killed, and the next one remembers.
  await launcher.program.end('SIGKILL');
  launcher.again();
  await until('the second sync', 30_000, () => manager.syncs.length >= 2);
  expect(manager.syncs[1]?.processes[0]?.report.unenforced).toEqual(unenforced);
  await manager.define({ name: 'b', command: filling('300M'), restart: NEVER, limits });
  expect(await exitOf(manager, 'b')).toMatchObject({ exitCode: 1, cause: { kind: 'own' } });
  await until('its complaint', 30_000, () => manager.textOf().includes('memory exhausted'));
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;
if (asRoot === test.skip) console.warn('not root: what a launcher without rights refuses is not tested');

asRoot('what takes more rights than the launcher has is said, and the nearest is given', async () => {
  const manager = await managerOf();
  startLauncher(world, {
    managerUrl: manager.url,
    on: ['setpriv', '--inh-caps=-all', '--bounding-set=-sys_resource,-sys_nice', '--', 'prlimit', '--nofile=4096:4096'],
  });
  const command = 'ulimit -n; nice; cat /proc/self/oom_score_adj';
  const limits = { openFiles: 9999, nice: -5, oomScore: -500 };
  await manager.define({ name: 'a', command: `${command}; sleep 1000`, limits });
  await until('its output', 30_000, () => manager.textOf() === '4096\n0\n0\n');
  expect(manager.report('a')?.unenforced).toEqual([
    "limits.open_files: 9999 is over the launcher's own hard limit, so it gets 4096",
    "limits.nice: -5 is below the launcher's own 0, which takes CAP_SYS_NICE; it gets 0",
    "limits.oom_score: -500 is below the launcher's own 0, which takes CAP_SYS_RESOURCE; it gets 0",
  ]);
});

asRoot('a smaller niceness is given where the launcher may', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url, on: ['nice', '-n', '3'] });
  await manager.define({ name: 'a', command: 'nice', restart: NEVER, limits: { nice: -5 } });
  await until('its output', 30_000, () => manager.textOf() === '-5\n');
});
