/** A launcher's own file: what it starts, what becomes of changes to it, and the sample that is shipped. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MASK } from '../../protocol/secret-names';
import { LAUNCHER, startLauncher, type StartedLauncher } from '../harness/launcher';
import { isAlive } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager, type TinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const SAMPLE = resolve('configs/worker.yaml');

interface Kept {
  readonly manager: TinyManager;
  readonly launcher: StartedLauncher;
  write(...processes: string[]): void;
  /** Writes it, and has it read again. */
  reread(...processes: string[]): void;
}

async function keep(...processes: string[]): Promise<Kept> {
  const manager = await managerOf();
  const file = join(world.directory(), 'worker.yaml');
  const write = (...lines: string[]): void =>
    writeFileSync(file, `processes:\n${lines.map((line) => `  - ${line}\n`).join('')}`);
  write(...processes);
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: ['--config', file] });
  const reread = (...lines: string[]): void => {
    write(...lines);
    process.kill(launcher.program.pid, 'SIGHUP');
  };
  return { manager, launcher, write, reread };
}

const isRemoved = (manager: TinyManager, name: string): boolean =>
  manager.facts.some((fact) => fact.kind === 'process.removed' && fact.process === name);

test('the sample runs as it is shipped: in order, each ready before who needs it', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url, flags: ['--config', SAMPLE] });
  const names = ['store', 'trainer', 'report'];
  for (const name of names) await manager.running(name);
  const started = manager.facts.flatMap((fact) => (fact.kind === 'run.started' ? [fact.process as string] : []));
  expect(started).toEqual(names);
  const [store, trainer] = names.map((name) => manager.report(name)?.state);
  if (store?.kind !== 'running' || trainer?.kind !== 'running') throw new Error('both run');
  expect(store.readyAtMs).toBeLessThanOrEqual(trainer.sinceMs);
  await until('its steps', 30_000, () => manager.textOf(trainer.run).includes('step 2'));
  expect(manager.syncs[0]?.processes.map(({ spec }) => [spec.name, spec.env])).toContainEqual([
    'trainer',
    { LR: '1e-3', RANK: '0' },
  ]);
});

test('mistakes: all of them, with their places, and nothing is started or made', async () => {
  const dir = world.directory();
  const file = join(dir, 'worker.yaml');
  writeFileSync(file, 'data_dir: made\nprocesses:\n  - name: a\n    comand: x\n    ready: {within: 1}\n');
  const program = world.start([process.execPath, LAUNCHER, '--config', file], { cwd: dir });
  expect((await program.ended).code).toBe(2);
  expect(program.output.trim().split('\n')).toEqual([
    expect.stringMatching(/worker\.yaml:3:5: processes\[0\]\.command is missing/),
    expect.stringMatching(/worker\.yaml:4:5: processes\[0\]\.comand is not a known key; did you mean command\?$/),
    expect.stringMatching(/worker\.yaml:5:5: processes\[0\]\.ready: must name exactly one of http, tcp, exec and log/),
  ]);
  expect(() => readFileSync(join(dir, 'made'))).toThrow('ENOENT');
});

test('--check tells what it means, secrets left out', async () => {
  const dir = world.directory();
  const file = join(dir, 'worker.yaml');
  writeFileSync(
    file,
    'worker_id: box\ndata_dir: data\nprocesses:\n  - {name: web, command: x, depends_on: [db]}\n  - {name: db, command: y, umask: "027", stop: {grace: 90}, env: {DB_PASSWORD: hush, MODE: fast}}\n',
  );
  const program = world.start([process.execPath, LAUNCHER, '--check', '--config', file], { cwd: dir });
  expect((await program.ended).code).toBe(0);
  expect(program.output).toContain('ok, 2 processes');
  // In the order of start.
  expect(program.output).toMatch(/worker_id: box[^]*name: db[^]*MODE: fast[^]*umask: '027'[^]*grace: 90s[^]*name: web/);
  expect(program.output).not.toContain('hush');
  // What it tells is such a file.
  writeFileSync(file, program.output.replace(MASK, 'hush'));
  const again = world.start([process.execPath, LAUNCHER, '--check', '--config', file], { cwd: dir });
  expect((await again.ended).code).toBe(0);
  expect(again.output).toBe(program.output);
});

test('a changed key that waits for the next start is named as it is written', async () => {
  const { launcher, reread } = await keep('{name: a, command: sleep 1000}');
  await until('it to be connected', 30_000, () => launcher.program.output.includes('connected to'));
  reread('{name: a, command: sleep 1000}\ntoken_file: elsewhere\nheartbeat_interval: 7\noutput_keep: 5M');
  await until('the log to say so', 30_000, () =>
    /at this launcher's next start: token_file, heartbeat_interval, output_keep\n/.test(launcher.program.output),
  );
});

test('a changed file and a new launcher: what left is stopped and forgotten, what is new starts, what changed waits', async () => {
  const { manager, launcher, write } = await keep(
    '{name: same, command: sleep 1000}',
    '{name: changed, command: sleep 1001}',
    '{name: leaves, command: sleep 1002}',
  );
  const [same, changed, leaves] = [
    await manager.running('same'),
    await manager.running('changed'),
    await manager.running('leaves'),
  ];
  await launcher.program.end('SIGTERM');
  write(
    '{name: same, command: sleep 1000}',
    '{name: changed, command: sleep 2001}',
    '{name: new, command: sleep 1003}',
  );
  const { program } = launcher.again();
  await until('one to be forgotten', 30_000, () => isRemoved(manager, 'leaves'));
  expect(isAlive(leaves)).toBe(false);
  expect(manager.ended('leaves')[0]?.certificate).toMatchObject({ left: [] });
  expect(isAlive(await manager.running('new'))).toBe(true);
  expect([isAlive(same), isAlive(changed)]).toEqual([true, true]);
  await until('the log to say so', 30_000, () =>
    program.output.includes(
      'the definition of changed changed (now: sleep 2001); what runs keeps the old one until it is restarted',
    ),
  );
  await manager.control({ process: 'changed', verb: 'restart' });
  const command = (): string | undefined =>
    manager.facts
      .flatMap((fact) => (fact.kind === 'run.started' && fact.process === 'changed' ? [fact.command] : []))
      .at(-1);
  await until('the new command', 30_000, () => command() === 'sleep 2001');
});

test('SIGHUP: the same without a restart, and only what changed is touched', async () => {
  const { manager, launcher, reread } = await keep(
    '{name: same, command: sleep 1000}',
    '{name: leaves, command: sleep 1002}',
  );
  const [same, leaves] = [await manager.running('same'), await manager.running('leaves')];
  reread('{name: same, command: sleep 1000}', '{name: new, command: sleep 1003, depends_on: [same]}');
  const added = await manager.running('new');
  await until('one to be forgotten', 30_000, () => isRemoved(manager, 'leaves'));
  expect([same, added, leaves].map(isAlive)).toEqual([true, true, false]);
  await until('the log to say so', 30_000, () =>
    launcher.program.output.includes('was read again: new is new; leaves left the file and is stopped'),
  );
  await until('the manager to know the new definition', 30_000, () =>
    manager.syncs.at(-1)?.processes.some(({ spec }) => spec.name === 'new' && spec.command === 'sleep 1003'),
  );

  reread('{name: same, command: sleep 1000}', '{name: leaves, command: sleep 1004}');
  const back = await manager.running('leaves');
  expect(back).not.toBe(leaves);
  await until('the other one to be forgotten', 30_000, () => isRemoved(manager, 'new'));
  expect([same, back, added].map(isAlive)).toEqual([true, true, false]);
});

test('SIGHUP: a file with mistakes changes nothing and says so', async () => {
  const { manager, launcher, reread } = await keep('{name: a, command: sleep 1000}');
  const pid = await manager.running('a');
  const said = () => launcher.program.output;
  reread('{name: b, comand: sleep 1000}');
  await until('the refusal', 30_000, () =>
    /not used, so nothing changes: .*worker\.yaml:2:\d+: processes\[0\]/.test(said()),
  );
  reread('{name: a, command: x, depends_on: [b]}', '{name: b, command: x, depends_on: [a]}');
  await until('the circle', 30_000, () => said().includes('a -> b -> a'));
  reread('{name: a, command: sleep 1000}');
  await until('the next reading', 30_000, () => said().includes('was read again: no process changed'));
  expect(isAlive(pid)).toBe(true);
  expect(manager.report('a')?.state).toMatchObject({ kind: 'running', identity: { pid } });
});

test('what another place defined does not belong to the file', async () => {
  const manager = await managerOf();
  const dir = world.directory();
  const file = join(dir, 'worker.yaml');
  writeFileSync(file, 'processes: [{name: a, command: sleep 1000}]\n');
  const launcher = startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--config', file, '--auto-start', '--command', 'sleep 1001'],
  });
  const main = await manager.running('w1');
  await manager.running('a');
  writeFileSync(file, 'processes: []\n');
  process.kill(launcher.program.pid, 'SIGHUP');
  await until('one to be forgotten', 30_000, () => isRemoved(manager, 'a'));
  expect(isAlive(main)).toBe(true);
});
