/**
 * DESIGN promise 5: no signal to a stranger, also when the pids of a run were given to others while no launcher looked. In
 * a pid namespace of its own, where the next pid can be chosen.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { startLauncher } from '../harness/launcher';
import { findMarked, isAlive } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld, type World } from '../harness/world';
import { useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);

const canUnshare =
  process.getuid?.() === 0 && spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;
const inNamespace = canUnshare ? describe : describe.skip;
if (!canUnshare) console.warn('no pid namespace can be made: reuse of pids is not tested');

/** A namespace whose first process reaps, and with which all others end. */
class PidNamespace {
  private constructor(private readonly init: number) {}

  static async make(place: World): Promise<PidNamespace> {
    const forever = 'while :; do sleep 0.05; done';
    const outer = place.start(['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', 'sh', '-c', forever]);
    const children = `/proc/${outer.pid}/task/${outer.pid}/children`;
    const init = await until(
      'the namespace',
      30_000,
      () => Number(readFileSync(children, 'latin1').split(' ')[0]) || null,
    );
    const itself = new PidNamespace(init);
    // It is mounted by the first process itself: until then /proc is ours, with our launchers in it.
    await until('its own /proc', 30_000, () => itself.run('cat /proc/1/cmdline').startsWith('sh'));
    return itself;
  }

  /** Before a command line, runs it in there. */
  get on(): readonly string[] {
    return ['nsenter', '-t', String(this.init), '-p', '-m', '--'];
  }

  /** A line of shell in there. @returns what it printed */
  run(script: string): string {
    const [file = '', ...words] = this.on;
    return spawnSync(file, [...words, 'sh', '-c', script], { encoding: 'utf8' }).stdout.trim();
  }

  /** A process of somebody else with exactly this pid, which must be free. @returns it and its child, as seen from outside */
  async strangers(pid: number, command: string): Promise<readonly number[]> {
    const mark = `pg-stranger-${pid}`;
    await until(`the pid ${pid}`, 30_000, () => {
      const took = this.run(
        `echo ${pid - 1} >/proc/sys/kernel/ns_last_pid; env -i MARK=${mark} ${command} >/dev/null 2>&1 & echo $!`,
      );
      if (Number(took) === pid) return true;
      this.run(`kill -9 ${took}`);
      return false;
    });
    return until('both, from outside', 30_000, () => {
      const found = outerPidsOf(mark);
      return found.length >= 2 ? found : null;
    });
  }
}

function outerPidsOf(mark: string): readonly number[] {
  const script = `grep -lz '^MARK=${mark}$' /proc/[0-9]*/environ 2>/dev/null`;
  const found = spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout;
  return [...found.matchAll(/\/proc\/(\d+)\//g)].map(([, pid]) => Number(pid));
}

inNamespace('the launcher, the shim and the child were killed, and', () => {
  test.each([
    ['the child’s pid is a stranger’s', 'child', 'sh -c "sleep 1000 & wait"'],
    ['the child’s pid is a stranger’s who leads a session', 'child', 'setsid sh -c "sleep 1000 & wait"'],
    ['the shim’s pid is a stranger’s who leads a session', 'shim', 'setsid sh -c "sleep 1000 & wait"'],
  ] as const)('%s: it is left alone, in both ways of knowing a tree', async (_, whose, command) => {
    for (const tree of ['cgroup', 'proc-scan']) {
      const manager = await managerOf();
      const namespace = await PidNamespace.make(world);
      const setup = {
        managerUrl: manager.url,
        on: namespace.on,
        flags: ['--tree', tree, '--auto-start', '--restart-policy', 'never', '--command', 'sleep 1000'],
      };
      const launcher = startLauncher(world, setup);
      const child = await manager.running('w1');
      const shim = Number(namespace.run(`cut -d' ' -f4 /proc/${child}/stat`));
      // All of it at once: the harness knows only who enters the namespace.
      for (const { pid, command: line } of findMarked(world.id))
        if (/launcher\.js|shim-|sleep 1000/.test(line)) process.kill(pid, 'SIGKILL');
      await launcher.program.ended;
      await until(
        'the pids to be free',
        30_000,
        () => namespace.run(`kill -0 ${child} || kill -0 ${shim} || echo free`) === 'free',
      );

      const strangers = await namespace.strangers(whose === 'child' ? child : shim, command);
      const before = manager.syncs.length;
      launcher.again();
      await until('the next sync', 30_000, () => manager.syncs.length > before);
      const end = await until('the end of the run', 30_000, () => manager.ended('w1')[0]);
      expect(end.exit).toMatchObject({ exitCode: null, signal: null, source: 'unknown', cause: null });
      // Wherever a signal could come from: the end of the run, a stop, a kill.
      await manager.control({ process: 'w1', verb: 'stop' });
      await manager.control({ process: 'w1', verb: 'kill' });
      expect(strangers.every(isAlive)).toBe(true);
      await world.end();
    }
  });
});
