/** One suite for the three ways of knowing a tree, against real processes. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClock } from '../../launcher/clock';
import { COOKIE_VARIABLE } from '../../launcher/core/child-environment';
import { parseProcStat } from '../../launcher/core/proc-stat';
import { readStat } from '../../launcher/process/identity';
import { cgroupOf, lookAtMachine, treeOf, type TreeKind } from '../../launcher/process/machine';
import { ProcessIndex } from '../../launcher/tree/process-index';
import { signalGroup, signalOne } from '../../launcher/process/signals';
import { ShimCgroups } from '../../launcher/tree/shim-cgroup';
import { TreeStop } from '../../launcher/tree/stop-tree';
import type { Tree, TreeRoot } from '../../launcher/tree/tree';
import { ProcScanTree } from '../../launcher/tree/tree-proc-scan';
import { RunId } from '../../protocol/ids';
import type { StopCertificate } from '../../protocol/process-state';
import { findMarked, isAlive, MARK } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();

/** The shim is in a cgroup too, and its child is born there. */
const WITH_SHIM = 'cgroup with its shim';
type Kind = TreeKind | typeof WITH_SHIM;

/** A leader in a session of its own, as a shim's child is, with its tree. */
async function plant(kind: Kind, script: string): Promise<{ tree: Tree; root: TreeRoot; pid: number }> {
  const run = RunId.parse(`${String(Date.now()).padStart(13, '0')}abcdefghijkl`);
  const directory = mkdtempSync(join(tmpdir(), 'procguard-tree-'));
  const ready = join(directory, 'child');
  // The outer shell stands for the shim, the inner one for the child.
  const shim = spawn(
    '/bin/sh',
    ['-c', `read -r go; sh -c 'cat /proc/$$/stat >${ready}.t; mv ${ready}.t ${ready}; ${script}'; exit 0`],
    {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, [COOKIE_VARIABLE]: run, [MARK]: world.id },
    },
  );
  shim.unref();
  const machine = lookAtMachine(kind === WITH_SHIM ? 'cgroup' : kind);
  const cgroups = new ShimCgroups(machine.cgroupBase, directory);
  const ofShim = kind === WITH_SHIM ? await cgroups.make(shim.pid ?? 0) : null;
  if (ofShim !== null) world.afterwards(() => removed(cgroups, ofShim));
  shim.stdin?.end('go\n');
  const child = await until('the child', 30_000, () => {
    try {
      return parseProcStat(readFileSync(ready, 'latin1'));
    } catch {
      return null;
    }
  });
  rmSync(directory, { recursive: true });
  const shimStat = readStat(shim.pid ?? 0);
  const root: TreeRoot = {
    run,
    shim: shimStat === null ? null : { pid: shimStat.pid, startTicks: shimStat.startTicks },
    child: { pid: child.pid, startTicks: child.startTicks },
  };
  const tree = treeOf(machine, root, ofShim ?? cgroupOf(machine, run));
  tree.born(false);
  return { tree, root, pid: child.pid };
}

/** Whoever was in it may still be on the way out. */
const removed = (cgroups: ShimCgroups, path: string): Promise<void> =>
  until('its cgroup to go', 30_000, () => {
    cgroups.remove(path);
    return !existsSync(path);
  }).then(() => undefined);

/** Ends it and returns the certificate. */
function stop(tree: Tree, root: TreeRoot, signal: string | null, graceMs: number): Promise<StopCertificate> {
  return new Promise((resolve) => {
    const exit = { exitCode: 0, signal: null, atMs: 0, source: 'record', cause: null } as const;
    const leaderGone = () => (root.child !== null && isAlive(root.child.pid) ? null : exit);
    const stopping = new TreeStop({ run: root.run, root, tree, exit: leaderGone, begunMs: null }, startClock(), {
      gone: (certificate) => {
        tree.remove();
        resolve(certificate);
      },
      left: resolve,
    });
    stopping.begin(signal);
    if (signal !== null) setTimeout(() => stopping.kill(), graceMs).unref();
  });
}

/** As /proc tells of one that wiped its environment. */
const HIDDEN = ['sleep', '1357', ''].join('\0');

const kinds: Kind[] = ['proc-scan', 'pid-list'];
if (lookAtMachine().treeKind === 'cgroup') kinds.unshift('cgroup', WITH_SHIM);
const wayOf = (kind: Kind): TreeKind => (kind === WITH_SHIM ? 'cgroup' : kind);

describe.each(kinds)('a tree known by %s', (kind) => {
  test('lists the leader and its children, and not the shim', async () => {
    const { tree, root, pid } = await plant(kind, 'sleep 1000 & sleep 1000 & wait');
    const pids = await until('three members', 30_000, async () => {
      const members = await tree.members(true);
      return members.length === 3 && members.map((member) => member.pid);
    });
    expect(pids).toContain(pid);
    expect(pids).not.toContain(root.shim?.pid);
    const { left, seen, verifiedBy } = await stop(tree, root, 'SIGTERM', 5_000);
    expect({ left, verifiedBy }).toEqual({ left: [], verifiedBy: wayOf(kind) });
    expect(seen.length).toBeGreaterThanOrEqual(3);
  });

  test('a tree deaf to SIGTERM is killed when the grace is over', async () => {
    const { tree, root } = await plant(
      kind,
      'trap "" TERM; sh -c "trap \\"\\" TERM; while :; do sleep 1; done" & while :; do sleep 1; done',
    );
    await until('the whole tree', 30_000, async () => (await tree.members(true)).length >= 4);
    const { left, signals } = await stop(tree, root, 'SIGTERM', 1_000);
    expect(left).toEqual([]);
    expect(new Set(signals.map(({ signal }) => signal))).toEqual(new Set(['SIGTERM', 'SIGKILL']));
    await until('nobody', 30_000, () => findMarked(world.id).length === 0);
  });

  test('a signal reaches every member once', async () => {
    const { tree, root } = await plant(kind, 'sleep 1000 & sleep 1000 & wait');
    await until('three members', 30_000, async () => (await tree.members(true)).length === 3);
    await tree.signal('SIGTERM');
    await until('nobody', 30_000, async () => (await tree.members(true)).length === 0);
    await stop(tree, root, null, 0);
  });
});

test.each(kinds.filter((kind) => kind !== 'pid-list'))(
  '%s finds those in sessions of their own, without parents',
  async (kind) => {
    const { tree, root } = await plant(kind, '(setsid sh -c "setsid sleep 1000 & exit 0" &); sleep 1000');
    await until('the double-forked one', 30_000, async () =>
      (await tree.members(true)).some(({ pid }) => readStat(pid)?.session === pid),
    );
    expect((await stop(tree, root, 'SIGTERM', 5_000)).left).toEqual([]);
    // Its shim ends by itself then.
    await until('nobody', 30_000, () => findMarked(world.id).length === 0);
  },
);

test.each(kinds.filter((kind) => kind === 'cgroup'))(
  '%s finds those that wiped their environment too',
  async (kind) => {
    const { tree, root } = await plant(kind, 'while :; do sleep 0.1; done');
    await until('everyone inside', 30_000, () => tree.evented);
    const gate = join(world.directory(), 'gate');
    const { tree: other, root: otherRoot } = await plant(
      kind,
      `while [ ! -e ${gate} ]; do sleep 0.02; done; (setsid env -i sleep 1357 &); sleep 1000`,
    );
    await until('everyone inside', 30_000, () => other.evented);
    writeFileSync(gate, '');
    await until('the hidden one', 30_000, async () =>
      (await other.members(false)).some(({ pid }) => readFileSync(`/proc/${pid}/cmdline`, 'latin1') === HIDDEN),
    );
    const certificate = await stop(other, otherRoot, 'SIGTERM', 5_000);
    expect(certificate.left).toEqual([]);
    expect(certificate.seen.map(({ command }) => command)).toContain('sleep');
    expect((await stop(tree, root, null, 0)).left).toEqual([]);
  },
);

test.each(kinds.filter((kind) => kind === WITH_SHIM))(
  '%s has everybody from the first moment, and not its shim',
  async (kind) => {
    const { tree, root } = await plant(kind, '(setsid env -i sleep 1357 &); sleep 1000');
    const shim = root.shim?.pid ?? 0;
    await until('the hidden one', 30_000, async () =>
      (await tree.members(false)).some(({ pid }) => readFileSync(`/proc/${pid}/cmdline`, 'latin1') === HIDDEN),
    );
    expect((await tree.members(false)).map(({ pid }) => pid)).not.toContain(shim);
    await tree.kill();
    await until('nobody', 30_000, async () => (await tree.members(false)).length === 0);
    // Its child is gone, and with that all it does here.
    await until('its end by itself', 30_000, () => !isAlive(shim));
  },
);

test('who leaves the group after it was looked at hears the signal too', async () => {
  const gate = join(world.directory(), 'gate');
  const { root, tree } = await plant(
    'proc-scan',
    `(while [ ! -e ${gate} ]; do sleep 0.02; done; exec setsid sleep 2468) & sleep 1000`,
  );
  const index = new ProcessIndex();
  const before = await until('the one that will leave', 30_000, async () => {
    const table = await index.fresh();
    return table.childrenOf(root.child?.pid ?? 0).length === 2 && table;
  });
  writeFileSync(gate, '');
  const isGone = ({ pid }: { pid: number }): boolean => readStat(pid)?.session === pid;
  const left = await until('it to leave', 30_000, () => before.childrenOf(root.child?.pid ?? 0).find(isGone));
  const late = new ProcScanTree(root, { fresh: () => Promise.resolve(before) } as unknown as ProcessIndex);
  late.born(false);
  await late.signal('SIGTERM');
  await until('its end', 30_000, () => !isAlive(left.pid));
  await stop(tree, root, null, 0);
});

test('a stranger with the same pid is never signalled', async () => {
  const stranger = world.start(['sleep', '1000']);
  const stat = await until('it', 30_000, () => readStat(stranger.pid));
  for (const startTicks of [stat.startTicks - 1, stat.startTicks + 1]) {
    expect(signalOne({ pid: stranger.pid, startTicks }, 'SIGKILL')).toBe(false);
    expect(signalGroup({ pid: stranger.pid, startTicks }, 'SIGKILL')).toBe(false);
  }
  expect(signalOne({ pid: 1, startTicks: 0 }, 'SIGTERM')).toBe(false);
  expect(isAlive(stranger.pid)).toBe(true);
  expect(signalOne({ pid: stranger.pid, startTicks: stat.startTicks }, 'SIGKILL')).toBe(true);
  expect(await stranger.ended).toMatchObject({ signal: 'SIGKILL' });
});

test('a look for a run finds everybody, and whoever is not older than it as he is now', async () => {
  const index = new ProcessIndex();
  await index.fresh();
  const child = spawn('sh', ['-c', 'read -r go; exec sleep 1000'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const pid = child.pid ?? 0;
  try {
    const { startTicks } = readStat(pid) ?? { startTicks: 0 };
    const nameIn = async (sinceTicks: number): Promise<string | undefined> =>
      (await index.fresh('now', sinceTicks)).get(pid)?.name;
    expect(await nameIn(startTicks)).toBe('sh');
    child.stdin.write('go\n');
    await until('it to be another program', 30_000, () => readStat(pid)?.name === 'sleep');
    expect(await nameIn(startTicks)).toBe('sleep');
    expect((await index.fresh('now', startTicks)).get(1)?.pid).toBe(1);
  } finally {
    child.kill('SIGKILL');
  }
});
