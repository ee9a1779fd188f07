/** DESIGN promise 1 and 2: launcher, manager and shim may be killed at any moment; the child runs on, once. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { findMarked, isAlive } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { TinyManager, useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const counter = resolve('tests/fixtures/counter.sh');
const copiesOf = (text: string): number =>
  findMarked(world.id).filter(({ command }) => command.includes(text) && !/launcher\.js|shim-/.test(command)).length;
/** Of one that lives: between its fork and its program it bears another name. */
const copiesSeen = (text: string): Promise<number> => until(`a ${text}`, 30_000, () => copiesOf(text) || null);
const numbered = (count: number): string => Array.from({ length: count }, (_, n) => `line ${n + 1}\n`).join('');

test('kill -9 the launcher: the child lives, the next launcher adopts it, no line is lost or doubled', async () => {
  const manager = await managerOf();
  const first = startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', `${counter} 0`] });
  const pid = await manager.running('w1');
  await until('some lines', 30_000, () => manager.textOf().includes('line 5\n'));
  await first.program.end('SIGKILL');
  expect(isAlive(pid)).toBe(true);

  first.again();
  await until('the second sync', 30_000, () => manager.syncs.length >= 2);
  const { state } = manager.syncs[1]?.processes[0]?.report ?? {};
  expect(state).toMatchObject({ kind: 'running', identity: { pid } });
  await until('more lines', 30_000, () => manager.textOf().includes('line 40\n'));
  await manager.control({ process: 'w1', verb: 'stop' });
  expect(isAlive(pid)).toBe(false);
  const lines = manager
    .textOf()
    .split('\n')
    .filter((line) => /^line \d+$/.test(line));
  expect(manager.textOf().startsWith(numbered(lines.length))).toBe(true);
  expect(manager.ended('w1')).toHaveLength(1);
  expect(manager.conflicts).toEqual([]);
});

test('an exit while no launcher was there is recovered with its code, and the restart policy goes on', async () => {
  const manager = await managerOf();
  const gate = join(world.directory(), 'gate');
  const command = `echo $$; while [ ! -e ${gate} ]; do sleep 0.02; done; exit 7`;
  const first = startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--restart-policy', 'never', '--command', command],
  });
  const pid = await manager.running('w1');
  await first.program.end('SIGKILL');
  writeFileSync(gate, '');
  await until('the child to end', 30_000, () => !isAlive(pid));
  first.again();
  await until('the end to be told', 30_000, () => manager.ended('w1').length > 0);
  expect(manager.ended('w1')[0]?.exit).toMatchObject({ exitCode: 7, signal: null, source: 'record' });
  expect(manager.report('w1')?.state).toMatchObject({ kind: 'failed', exit: { exitCode: 7 } });
});

test('a soft end of the launcher touches nothing, says what runs on, and how to stop it', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--command', 'sleep 1000'],
  });
  const pid = await manager.running('w1');
  expect(await launcher.program.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(isAlive(pid)).toBe(true);
  expect(launcher.program.output).toContain(`still running, as it should: w1 (pid ${pid})`);
  expect(launcher.program.output).toContain('--stop-all');
  const { code, output } = await launcher.stopAll();
  expect(output).toContain('ok   w1: stopped, killed by SIGTERM (as asked); 1 process seen, gone after');
  expect(code).toBe(0);
  expect(isAlive(pid)).toBe(false);
});

test('--stop-all asks the launcher that runs, which stops everything and ends', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--command', 'sleep 1000'],
  });
  await manager.running('w1');
  expect(await launcher.stopAll()).toMatchObject({ code: 0, output: expect.stringContaining('everything is gone') });
  expect(await launcher.program.ended).toEqual({ code: 0, signal: null });
  await until('the word of it', 30_000, () => manager.report('w1')?.state.kind === 'stopped');
});

test('a second launcher on the same data refuses; after kill -9 the next one does not', async () => {
  const manager = await managerOf();
  const first = startLauncher(world, { managerUrl: manager.url, flags: ['--command', 'sleep 1000'] });
  await until('the first', 30_000, () => manager.syncs.length >= 1);
  const second = first.again();
  expect(await second.program.ended).toEqual({ code: 1, signal: null });
  expect(second.program.output).toContain(`a launcher (pid ${first.program.pid}, worker w1) already keeps`);
  await first.program.end('SIGKILL');
  const third = first.again();
  await until('the third', 30_000, () => manager.syncs.length >= 2);
  await third.program.end();
});

test('the shim killed: the child is not started twice, and its end is unknown, never guessed', async () => {
  const manager = await managerOf();
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--restart-policy', 'never', '--command', 'sleep 1234'],
  });
  const pid = await manager.running('w1');
  const shim = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
  process.kill(shim, 'SIGKILL');
  await until('the shim to be gone', 30_000, () => !isAlive(shim));
  expect(isAlive(pid)).toBe(true);
  expect(await manager.control({ process: 'w1', verb: 'start' })).toMatchObject({
    message: `already running, pid ${pid}`,
  });
  expect(await copiesSeen('sleep 1234')).toBe(1);
  process.kill(pid, 'SIGKILL');
  await until('the end', 30_000, () => manager.ended('w1').length > 0);
  expect(manager.ended('w1')[0]?.exit).toMatchObject({ exitCode: null, signal: null, source: 'unknown' });
});

test('shim and launcher killed: the orphan is adopted, stopped, and verified', async () => {
  const manager = await managerOf();
  const first = startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', 'sleep 1235'] });
  const pid = await manager.running('w1');
  const shim = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
  await first.program.end('SIGKILL');
  process.kill(shim, 'SIGKILL');
  first.again();
  await until('the second sync', 30_000, () => manager.syncs.length >= 2);
  expect(await copiesSeen('sleep 1235')).toBe(1);
  expect(await manager.control({ process: 'w1', verb: 'stop' })).toMatchObject({ ok: true, certificate: { left: [] } });
  expect(isAlive(pid)).toBe(false);
});

test('kill -9 the launcher again and again while it restarts a crashing child: never two copies', async () => {
  const manager = await managerOf();
  const command = 'sleep 0.03; exit 1';
  const flags = ['--auto-start', '--restart-delay', '0', '--max-restarts', '1000', '--command', command];
  let launcher = startLauncher(world, { managerUrl: manager.url, flags });
  for (let round = 1; round <= 6; round++) {
    const runs = manager.facts.filter(({ kind }) => kind === 'run.started').length;
    await until(
      'it to run',
      30_000,
      () => manager.facts.filter(({ kind }) => kind === 'run.started').length > runs + round,
    );
    await launcher.program.end('SIGKILL');
    expect(copiesOf('sleep 0.03')).toBeLessThanOrEqual(2); // the shell and its sleep
    launcher = launcher.again();
  }
  await until('the last launcher', 30_000, () => manager.syncs.length >= 7);
  await manager.control({ process: 'w1', verb: 'stop' });
  const runs = manager.ended('w1').map(({ run }) => run);
  const exits = new Map(manager.ended('w1').map(({ run, exit }) => [run, exit]));
  expect(new Set(runs).size).toBeGreaterThan(12);
  const known = [...exits.values()].filter(({ exitCode }) => exitCode === 1).length;
  expect(known).toBeGreaterThanOrEqual(exits.size - 1); // all but the one that was stopped
});

test('the manager away for a while: children, restarts and output go on, and all of it arrives later', async () => {
  const manager = await managerOf();
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--restart-delay', '0', '--restart-policy', 'always', '--command', `${counter} 5 0.01`],
  });
  await manager.running('w1');
  const { port } = manager;
  await manager.close();
  const back = await TinyManager.start(port);
  world.afterwards(() => back.close());
  // It does not know the worker any more: the launcher registers again by itself.
  await until('the registration', 30_000, () => back.registrations > 0 && back.syncs.length > 0);
  await until('ends told to the new manager', 30_000, () => back.ended('w1').length >= 3);
  await back.control({ process: 'w1', verb: 'stop' });
  await until('whole output', 30_000, () =>
    back.ended('w1').every(({ run, outputBytes }) => (back.offsets.get(run) ?? 0) === outputBytes),
  );
  for (const { run, exit } of back.ended('w1')) if (exit.exitCode === 0) expect(back.textOf(run)).toBe(numbered(5));
});

test('kill -9 the launcher in the middle of a stop: the next one finishes it and gives the answer', async () => {
  const manager = await managerOf();
  const first = startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--stop-timeout', '8', '--command', resolve('tests/fixtures/ignore-term.sh')],
  });
  const pid = await manager.running('w1');
  await until('the trap to be set', 30_000, () => manager.textOf().includes('ready'));
  manager.send({ kind: 'control', id: 'stop-1', process: 'w1', verb: 'stop', by: 'test', why: '' } as never);
  await until('the stop', 30_000, () => manager.report('w1')?.state.kind === 'stopping');
  await first.program.end('SIGKILL');
  expect(isAlive(pid)).toBe(true);
  first.again();
  expect(await manager.answer('stop-1')).toMatchObject({
    ok: true,
    certificate: { left: [], exit: { signal: 'SIGKILL' } },
  });
  expect(isAlive(pid)).toBe(false);
});

test('after a reboot: what was wanted runs again, the lost run has an unknown end and counts as no failure', async () => {
  const manager = await managerOf();
  const first = startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', 'sleep 1000'] });
  const pid = await manager.running('w1');
  const run = manager.facts.find((fact) => fact.kind === 'run.started')?.run ?? '';
  const shim = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
  await first.program.end('SIGKILL');
  process.kill(shim, 'SIGKILL');
  process.kill(pid, 'SIGKILL');
  await until('both to be gone', 30_000, () => !isAlive(shim) && !isAlive(pid));
  // What another boot leaves: the same files, written under another boot id.
  const birth = join(first.dataDir, 'processes/w1/runs', run, 'child');
  const [stat = '', , cgroup = ''] = readFileSync(birth, 'latin1').split('\n');
  writeFileSync(birth, [stat, '00000000-another-boot', cgroup, ''].join('\n'));
  first.again();
  await until('a new run', 30_000, () => {
    const report = manager.report('w1');
    return report?.state.kind === 'running' && report.restarts === 1;
  });
  expect(manager.ended('w1')[0]).toMatchObject({ run, exit: { source: 'unknown' } });
  expect(manager.report('w1')).toMatchObject({ restarts: 1, restartsCounted: 0 });
  expect(manager.report('w1')?.state.why).toBe('started again: the machine was restarted');
});

test('a damaged record: the living run is found on the disk and not started twice', async () => {
  const manager = await managerOf();
  const flags = ['--auto-start', '--command', 'sleep 1236'];
  const first = startLauncher(world, { managerUrl: manager.url, flags });
  const pid = await manager.running('w1');
  await first.program.end('SIGKILL');
  writeFileSync(join(first.dataDir, 'processes/w1/record.jsonl'), '{"version":1,"sup');
  first.again();
  await until('the second sync', 30_000, () => manager.syncs.length >= 2);
  await until('it to be known', 30_000, () => {
    const state = manager.report('w1')?.state;
    return state?.kind === 'running' && state.identity.pid === pid;
  });
  expect(await copiesSeen('sleep 1236')).toBe(1);
});
