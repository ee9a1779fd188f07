/**
 * Random orders and random kills, with an independent witness: each life of the program takes a lock that only one can
 * hold and writes down when it could not. PROCGUARD_SOAK=<actions> makes it longer, PROCGUARD_SEED repeats one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { findMarked } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const ACTIONS = Number(process.env['PROCGUARD_SOAK'] ?? 30);

/** A small generator with a seed, so that a failure can be repeated (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test.each(['cgroup', 'proc-scan'])(
  'whatever is ordered and killed, there is never a second copy (%s)',
  async (tree) => {
    const seed = Number(process.env['PROCGUARD_SEED'] ?? Date.now() % 1_000_000);
    const random = randomOf(seed);
    const manager = await managerOf();
    const truth = join(world.directory(), 'truth');
    // The lock goes with the program's last process, so a life that overlaps another one is always seen.
    const command = `exec 9>${truth}.lock; flock -n 9 || echo "second copy $$" >>${truth}; (setsid sleep 1000 &); sleep 0.${1 + Math.floor(random() * 8)}; exit 1`;
    const flags = [
      '--auto-start',
      '--tree',
      tree,
      '--restart-delay',
      '0',
      '--max-restarts',
      '100000',
      '--stop-timeout',
      '0.2',
    ];
    let launcher = startLauncher(world, { managerUrl: manager.url, flags: [...flags, '--command', command] });
    await until('the first sync', 30_000, () => manager.syncs.length >= 1);

    const owed: string[] = [];
    /** Those that their launcher had not answered when it was killed: this manager does not repeat. */
    const cutShort = new Set<string>();
    const isAnswered = (id: string): boolean =>
      manager.facts.some((fact) => fact.kind === 'command.done' && fact.id === id);
    for (let action = 0; action < ACTIONS; action++) {
      await new Promise((done) => setTimeout(done, random() * 60)); // the moment is what is random here
      const dice = random();
      if (dice < 0.25) {
        await launcher.program.end('SIGKILL');
        for (const id of owed) if (!isAnswered(id)) cutShort.add(id);
        const syncs = manager.syncs.length;
        launcher = launcher.again();
        await until('the next launcher', 30_000, () => manager.syncs.length > syncs);
      } else if (dice < 0.4) {
        for (const { pid, command: line } of findMarked(world.id))
          if (line.includes('/shim-') && random() < 0.7) process.kill(pid, 'SIGKILL');
      } else {
        const verb = (['start', 'stop', 'restart', 'kill', 'start'] as const)[Math.floor(random() * 5)] ?? 'start';
        const id = `${seed}-${action}`;
        owed.push(id);
        manager.send({ kind: 'control', id, process: 'w1', verb, by: 'soak', why: '' } as never);
      }
    }
    const context = `seed ${seed}`;
    expect({ context, ...(await manager.control({ process: 'w1', verb: 'stop' })) }).toMatchObject({
      context,
      ok: true,
    });
    await until('the others to be answered', 30_000, () => owed.every((id) => cutShort.has(id) || isAnswered(id)));
    const second = existsSync(truth) ? readFileSync(truth, 'utf8') : '';
    expect({ context, second }).toEqual({ context, second: '' });
    // A shim that was made ready for a next run goes when there is to be none.
    const others = () => findMarked(world.id).filter(({ command: line }) => !line.includes('launcher.js'));
    await until('nobody else', 30_000, () => others().length === 0).catch(() => {}); // the comparison says more
    expect({ context, left: others() }).toEqual({ context, left: [] });
    for (const { exit } of manager.ended('w1')) expect([1, null]).toContain(exit.exitCode);
  },
  300_000,
);
