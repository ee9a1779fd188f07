/** Processes that are containers, in a real engine: what goes in and out, what they are held by, and that none is left. */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { ContainerSpec } from '../../../protocol/container-spec';
import { streamKey } from '../../../protocol/output-stream';
import type { ProcessUsage } from '../../../protocol/link';
import type { ProcessSpec } from '../../../protocol/process-spec';
import { startLauncher, type StartedLauncher } from '../../harness/launcher';
import { isAlive } from '../../harness/leftovers';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { connected, ended, runWord, started, stopWord } from '../jobs/job-words';
import { type TinyManager, useTinyManager } from '../tiny-manager';
import { undisturbed } from '../undisturbed';
import { findEngine, IMAGE, type Listed, type OwnEngine } from './own-engine';

const world = useWorld();
const managerOf = useTinyManager(world);
const MiB = 1024 * 1024;

const found = findEngine();
if (found.kind === 'none')
  console.warn(`SKIPPED: containers are not tested, for no engine can run here (${found.why})`);
const inEngine = found.kind === 'engine' ? describe : describe.skip;

inEngine('containers', () => {
  const engine = (found as { engine: OwnEngine }).engine;
  beforeAll(() => engine.start(), 120_000);
  afterAll(() => engine.remove(), 180_000);
  afterEach(async () => {
    const isEmpty = (): boolean => engine.containers().length === 0;
    await until('no container', 30_000, isEmpty).catch(() => {}); // the comparison says more
    expect(engine.containers()).toEqual([]);
  });

  const begin = async (
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ manager: TinyManager; launcher: StartedLauncher }> => {
    const manager = await managerOf();
    return { manager, launcher: startLauncher(world, { managerUrl: manager.url, env: { ...engine.env, ...env } }) };
  };
  type Definition = Omit<z.input<typeof ProcessSpec>, 'container' | 'name'> & {
    readonly container?: Partial<z.input<typeof ContainerSpec>>;
  };
  const specOf = ({ container, ...definition }: Definition): z.input<typeof ProcessSpec> => ({
    name: 'a',
    restart: { when: 'never' },
    ...definition,
    container: { image: IMAGE, network: 'none', ...container },
  });
  const endOf = (manager: TinyManager) => until('its end', 30_000, () => manager.ended('a')[0]);
  const shipped = (manager: TinyManager, text: string) =>
    until(`the output ${text}`, 30_000, () => manager.textOf().includes(text));
  const only = (): Listed => {
    const [one, second] = engine.containers();
    if (one === undefined || second !== undefined) throw new Error('not exactly one container');
    return one;
  };

  test('its exit code passes through, and environment and directory are those inside', async () => {
    const { manager, launcher } = await begin();
    const command = 'pwd; env; echo wrong >&2; exit 7';
    await manager.define(specOf({ command, workingDir: '/tmp', env: { MODE: 'a b', TOKEN: 'x\ny' } }));
    expect((await endOf(manager)).exit).toMatchObject({ exitCode: 7, signal: null, cause: { kind: 'own' } });
    await shipped(manager, 'wrong');
    const text = manager.textOf();
    expect(text).toMatch(/^\/tmp$/m);
    expect(text).toMatch(/^MODE=a b$/m);
    expect(text).toContain('TOKEN=x\ny\n');
    expect(text).toMatch(/^PROCGUARD_PROCESS=a$/m);
    // Nothing of the launcher's, and nothing that is ours to know.
    expect(text).not.toMatch(/^(?:DOCKER_HOST|PROCGUARD_CONTAINER|PROCGUARD_RUN)/m);
    expect(launcher.program.isRunning).toBe(true);
  });

  test('every byte of both streams comes through, whatever they are', async () => {
    const { manager } = await begin();
    const command = 'seq 1 400000; dd if=/dev/zero bs=1M count=8 2>/dev/null; seq 1 100000 >&2; printf end';
    await manager.define(specOf({ command, output: 'split' }));
    const { run, outputBytes } = await endOf(manager);
    const numbers = (last: number): string => Array.from({ length: last }, (_, i) => `${i + 1}\n`).join('');
    const expected = Buffer.concat([Buffer.from(numbers(400_000)), Buffer.alloc(8 * MiB), Buffer.from('end')]);
    expect(outputBytes).toBe(expected.length);
    const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    await until('all of it', 30_000, () => manager.offsets.get(run) === expected.length);
    expect(sum(Buffer.concat(manager.output.get(run) ?? []))).toBe(sum(expected));
    const errors = (): Buffer => Buffer.concat(manager.output.get(streamKey(run, 'stderr')) ?? []);
    await until('the errors', 30_000, () => errors().length === numbers(100_000).length);
    expect(errors().toString()).toBe(numbers(100_000));
  });

  test('over its memory limit the kernel ends it, and that is said', async () => {
    const { manager } = await begin();
    const command = ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=200M', 'count=1'];
    await manager.define(specOf({ command, container: { memoryBytes: 32 * MiB } }));
    expect((await endOf(manager)).exit).toMatchObject({ signal: 'SIGKILL', cause: { kind: 'oom' } });
    expect(manager.report('a')?.state.why).toContain('out of memory');
  });

  test('what it is held by is told, as the kernel has it', async () => {
    const { manager } = await begin();
    const limits = { memoryBytes: 64 * MiB, cpuCores: 0.5, pids: 20, nice: 5 };
    const container = { user: '1000:1000', readOnlyRoot: true };
    const command = 'id -u; touch /x; (while :; do sleep 1000 & done); echo full; while :; do :; done';
    await manager.define(specOf({ command, limits, container }));
    const report = await until('the report', 30_000, () => {
      const now = manager.report('a');
      return now?.isolation === undefined ? null : now;
    });
    expect(report.isolation).toEqual([
      expect.stringMatching(/^container [0-9a-f]{12} of podman [\d.]+, image localhost\/procguard-test:1$/),
      'memory 64M by its cgroup',
      'cpus 0.5 by its cgroup',
      'pids 20 by its cgroup',
      'network none',
      'user 1000:1000 inside, uid 1000 on the machine',
      'root filesystem read-only',
      'no new privileges',
    ]);
    expect(report.unenforced).toEqual(['limits.nice: engines give containers none']);
    await shipped(manager, 'full');
    expect(manager.textOf()).toContain('fork');
    expect(manager.textOf()).toMatch(/^1000$/m);
    expect(manager.textOf()).toContain('Read-only file system');
    expect(await manager.control({ process: 'a', verb: 'kill' })).toMatchObject({ ok: true });
  });

  test('of a job it is told when its container is there, also of one that has ended by then', async () => {
    const { manager } = await begin();
    await connected(manager);
    expect(manager.identity?.abilities).toEqual(['containers']);
    const box = { container: { image: IMAGE, network: 'none', memoryBytes: 64 * MiB } };
    manager.job(runWord('long', 'echo up; sleep 1000', { spec: box }));
    // Its birth is that of the program that keeps it, and nothing holds that one.
    expect((await started(manager, 'long')).isolation).toEqual([]);
    const toldOf = (job: string) =>
      manager.facts.filter((fact) => fact.kind === 'attempt.started' && fact.attempt === `${job}.1`);
    const known = await until('what holds it', 30_000, () => toldOf('long')[1]);
    expect(known).toMatchObject({
      run: (await started(manager, 'long')).run,
      isolation: expect.arrayContaining([
        expect.stringMatching(/^container [0-9a-f]{12} of /),
        'memory 64M by its cgroup',
      ]),
      unenforced: [],
    });
    manager.job(stopWord('long', 'cancelled'));
    await ended(manager, 'long');
    manager.job(runWord('short', 'true', { spec: box }));
    await ended(manager, 'short');
    expect(toldOf('short').at(-1)).toMatchObject({
      isolation: expect.arrayContaining([expect.stringMatching(/^container /), 'network none']),
    });
  });

  test('its use is that of all its processes, also of who was brought in, and not of the program that keeps it', async () => {
    const { manager, launcher } = await begin();
    const command = 'trap "exit 0" TERM; (while :; do :; done) & tail -f /dev/null & echo up; wait';
    await manager.define(specOf({ command }));
    await shipped(manager, 'up');
    const usage = (what: string, holds: (usage: ProcessUsage) => boolean): Promise<ProcessUsage> =>
      until(what, 30_000, () => manager.beats.flatMap((beat) => beat.usage).find(holds));
    const busy = await usage('the loop inside', ({ cpu, processes }) => cpu > 0.02 && processes === 3);
    expect(busy.zombie).toBeNull();
    // Three of a busybox, and none of Node.
    expect(busy.rssBytes).toBeGreaterThan(100_000);
    expect(busy.rssBytes).toBeLessThan(30 * MiB);
    engine.exec(only().Id, ['sleep', '1000']);
    await usage('whoever was brought in', ({ processes }) => processes === 4);
    // The next launcher finds them by what is on the disk.
    await launcher.program.end('SIGKILL');
    const { beats } = manager;
    const from = beats.length;
    launcher.again();
    await until('the same again', 30_000, () =>
      beats.slice(from).some(({ usage: told }) => told.some(({ name, processes }) => name === 'a' && processes === 4)),
    );
    expect(await manager.control({ process: 'a', verb: 'stop' })).toMatchObject({
      ok: true,
      certificate: { left: [] },
    });
  });

  test('a device that a program inside holds is its own, and no stranger’s', async () => {
    const [programs, holders] = [world.directory(), join(world.directory(), 'holders')];
    writeFileSync(holders, '');
    writeFileSync(
      join(programs, 'nvidia-smi'),
      `#!/bin/sh
case "$1" in
--query-gpu=*) echo "0, GPU-aa, Test 9000, 24576, 612, 37" ;;
--query-compute-apps=*) cat ${holders} ;;
esac
`,
    );
    chmodSync(join(programs, 'nvidia-smi'), 0o755);
    const { manager } = await begin({ PATH: `${programs}:${process.env['PATH'] ?? ''}` });
    await manager.define(specOf({ command: 'sleep 1000 & echo up; wait', stop: { graceMs: 100 } }));
    await shipped(manager, 'up');
    const { Pid: inside } = engine.inspect(only().Id).State;
    const [child] = readFileSync(`/proc/${inside}/task/${inside}/children`, 'utf8').trim().split(' ');
    writeFileSync(holders, `${child}, GPU-aa, 512\n1, GPU-aa, 100\n`);
    const held = await until('its share', 30_000, () =>
      manager.beats.flatMap((beat) => beat.usage).find(({ gpus }) => gpus.length > 0),
    );
    expect(held).toMatchObject({ name: 'a', gpus: [{ index: 0, memoryBytes: 512 * MiB }] });
    expect(await manager.control({ process: 'a', verb: 'kill' })).toMatchObject({ ok: true });
  });

  test('a stop reaches the program inside, and its own exit code is the end', async () => {
    const { manager } = await begin();
    const command = 'trap "echo told; exit 3" TERM; echo up; while :; do sleep 0.1; done';
    await manager.define(specOf({ command, stop: { graceMs: 60_000 } }));
    await shipped(manager, 'up');
    const stopped = await manager.control({ process: 'a', verb: 'stop' });
    expect(stopped).toMatchObject({ ok: true, certificate: { left: [] } });
    expect(manager.ended('a')[0]?.exit).toMatchObject({ exitCode: 3 });
    await shipped(manager, 'told');
  });

  test('one that does not obey is killed after its grace', async () => {
    const { manager } = await begin();
    await manager.define(
      specOf({ command: 'trap "" TERM; echo up; while :; do sleep 1; done', stop: { graceMs: 500 } }),
    );
    await shipped(manager, 'up');
    const { Id } = only();
    const { Pid: inside } = engine.inspect(Id).State;
    const stopped = await manager.control({ process: 'a', verb: 'stop' });
    expect(stopped).toMatchObject({ ok: true, certificate: { left: [] } });
    expect(isAlive(inside)).toBe(false);
  });

  test('a killed launcher touches nothing: the next one takes it over, with all its output', async () => {
    const { manager, launcher } = await begin();
    const go = join(world.directory(), 'go');
    writeFileSync(go, '');
    const command = 'echo one; while [ ! -s /go ]; do sleep 0.1; done; echo two; sleep 1000';
    await manager.define(specOf({ command, container: { volumes: [{ source: go, target: '/go', readOnly: true }] } }));
    await shipped(manager, 'one');
    const { Id, Labels } = only();
    expect(Labels).toMatchObject({ 'procguard.worker': 'w1', 'procguard.process': 'a' });
    const isolation = await until('what holds it', 30_000, () => manager.report('a')?.isolation);
    await launcher.program.end('SIGKILL');
    writeFileSync(go, 'go');
    const syncs = manager.syncs.length;
    launcher.again();
    await until('the next one', 30_000, () => manager.syncs.length > syncs);
    await shipped(manager, 'one\ntwo\n');
    expect(only().Id).toBe(Id);
    expect(manager.syncs.at(-1)?.processes[0]?.report.isolation).toEqual(isolation);
    expect(await manager.control({ process: 'a', verb: 'kill' })).toMatchObject({
      ok: true,
      certificate: { left: [] },
    });
  });

  test('when the program that keeps it is killed, it does not live on unseen', async () => {
    const { inside, exit } = await undisturbed(async () => {
      const { manager } = await begin();
      await manager.define(specOf({ command: 'echo up; sleep 1000', stop: { graceMs: 300 } }));
      await shipped(manager, 'up');
      const { Pid: pid } = engine.inspect(only().Id).State;
      process.kill(await manager.running('a'), 'SIGKILL');
      return { inside: pid, ...(await endOf(manager)) };
    });
    expect(exit).toMatchObject({ signal: 'SIGKILL', cause: { kind: 'stranger' } });
    expect(isAlive(inside)).toBe(false);
    expect(engine.containers()).toEqual([]);
  });

  test('when launcher and program are both killed, the next launcher finds it by its label', async () => {
    const { manager, launcher } = await begin();
    await manager.define(specOf({ command: 'echo up; sleep 1000', stop: { graceMs: 300 } }));
    await shipped(manager, 'up');
    const program = await manager.running('a');
    await launcher.program.end('SIGKILL');
    process.kill(program, 'SIGKILL');
    expect(engine.containers()).toHaveLength(1);
    launcher.again();
    await endOf(manager);
    expect(engine.containers()).toEqual([]);
  });

  test('an engine that is killed and started again loses neither the container nor its end', async () => {
    const { manager } = await begin();
    const go = join(world.directory(), 'go');
    writeFileSync(go, '');
    const command = 'echo one; while [ ! -s /go ]; do sleep 0.1; done; echo two; sleep 0.5; exit 5';
    await manager.define(specOf({ command, container: { volumes: [{ source: go, target: '/go' }] } }));
    await shipped(manager, 'one');
    await engine.crash();
    await engine.start();
    await shipped(manager, 'the engine let go');
    writeFileSync(go, 'go');
    expect((await endOf(manager)).exit).toMatchObject({ exitCode: 5 });
    await shipped(manager, 'two');
  });

  test('no secret is in a command line or in a file', async () => {
    const { manager, launcher } = await begin();
    const secret = 'correct horse battery staple';
    await manager.define(specOf({ command: 'echo up; sleep 1000', env: { API_TOKEN: secret } }));
    await shipped(manager, 'up');
    const pid = await manager.running('a');
    expect(readFileSync(`/proc/${pid}/cmdline`, 'latin1')).not.toContain(secret);
    const { run } = manager.report('a')?.state as { run: string };
    const directory = join(launcher.dataDir, 'processes', 'a', 'runs', run);
    expect(readFileSync(join(directory, 'container.json'), 'latin1')).not.toContain(secret);
    expect(engine.inspect(only().Id).Config.Env).toContain(`API_TOKEN=${secret}`);
    expect(await manager.control({ process: 'a', verb: 'kill' })).toMatchObject({ ok: true });
  });

  test('it is given a stdin', async () => {
    const { manager } = await begin();
    await manager.define(specOf({ command: 'cat; echo over', stdin: { kind: 'text', text: 'hello\n' } }));
    expect((await endOf(manager)).exit).toMatchObject({ exitCode: 0 });
    await shipped(manager, 'hello\nover\n');
  });

  test('an image that is nowhere, and a mount that is not there, are said in a sentence', async () => {
    const { manager } = await begin();
    await manager.define(specOf({ command: 'x', container: { image: 'localhost:1/nowhere' } }));
    expect((await endOf(manager)).exit).toMatchObject({ exitCode: 125 });
    await shipped(manager, 'procguard: the image localhost:1/nowhere could not be pulled: ');
    const answer = await manager.define(
      specOf({ command: 'x', container: { volumes: [{ source: '/nowhere', target: '/x' }] } }),
    );
    expect(answer).toMatchObject({ ok: false });
    expect(answer.message).toContain('/nowhere, which container.volumes names, is not there');
    expect(existsSync('/nowhere')).toBe(false);
  });
});
