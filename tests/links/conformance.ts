/**
 * What every link of launchers keeps (protocol/link.ts), held against a real manager: a program of its own that can be
 * killed, over roads that can be cut.
 */
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { AttemptId } from '../../protocol/jobs';
import type { ProcessReport } from '../../protocol/process-state';
import type { EventView, LogRunView } from '../../protocol/views';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { CuttableRoad } from './cuttable-road';
import { LinkLauncher } from './link-launcher';
import { RUN, running, stopped } from '../harness/launcher-words';
import type { LinkAddress, LinkUnderTest } from './test-line';

type More = ConstructorParameters<typeof LinkLauncher>[2];

const DEADLINE_MS = 30_000;
/** Far longer than a busy machine keeps any of the programs from running: who beats is not taken for silent. */
const HEARTBEAT_TIMEOUT_SECONDS = 12;

export function holdToTheRules(link: LinkUnderTest): void {
  const world = useWorld();
  let manager: StartedManager;
  let ports: number[];
  let direct: LinkAddress;

  beforeEach(async () => {
    const wanted = await link.manager();
    ports = wanted.ports;
    manager = await StartedManager.start(world, {
      port: wanted.port,
      env: { PROCGUARD_MONITORING_HEARTBEAT_TIMEOUT: String(HEARTBEAT_TIMEOUT_SECONDS), ...wanted.env },
    });
    direct = link.address(ports);
    world.afterwards(() => Promise.resolve(direct.close()));
  });

  const launcher = (id: string, address = direct, more: More = {}): LinkLauncher => {
    const made = new LinkLauncher(id, address, more);
    world.afterwards(() => Promise.resolve(made.close()));
    return made;
  };
  /** The link's first port over a road; the others as they are. */
  const roadTo = async (): Promise<{ road: CuttableRoad; address: LinkAddress }> => {
    const road = await CuttableRoad.to(ports[0] ?? 0);
    const address = link.address([road.port, ...ports.slice(1)]);
    world.afterwards(() => road.close());
    world.afterwards(() => Promise.resolve(address.close()));
    return { road, address };
  };
  const command = (id: string, verb: string): Promise<{ status: number; body: { status: string } }> =>
    post(`/api/workers/${id}/command`, { command: verb, wait: false });
  const post = async <Body>(path: string, body: object): Promise<{ status: number; body: Body }> => {
    const response = await fetch(manager.url + path, { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Body };
  };
  const events = async (): Promise<EventView[]> =>
    (await manager.get<{ events: EventView[] }>('/api/events?limit=1000')).events;

  describe('registration', () => {
    test('is answered with the pace, and again the same', async () => {
      const w1 = launcher('w1');
      for (const _ of [1, 2])
        expect(await w1.register()).toMatchObject({
          status: 200,
          body: { success: true, worker_id: 'w1', heartbeat_timeout: HEARTBEAT_TIMEOUT_SECONDS },
        });
    });

    test('is asked for by the code unknown_worker, and then the connection opens', async () => {
      const w1 = launcher('w1');
      await expect(w1.open()).rejects.toMatchObject({ code: 'unknown_worker' });
      await w1.register();
      await w1.open();
      await w1.sync(stopped);
    });

    test('is asked for again of a worker that was forgotten meanwhile', async () => {
      const w1 = await launcher('w1').join();
      await post('/api/workers/w1/unregister', {});
      w1.tell({ kind: 'process.changed', report: w1.report(running()) });
      await w1.until('the line to be ended', () => !w1.isOpen);
      await expect(w1.open()).rejects.toMatchObject({ code: 'unknown_worker' });
      await w1.join(running());
      expect(await manager.process('w1')).toMatchObject({ state: 'running', pid: 4711 });
    });

    test('and connection of another protocol are refused with both numbers', async () => {
      const old = launcher('w1', direct, { protocol: 99 });
      expect(await old.register()).toMatchObject({ status: 426, body: { code: 'protocol_mismatch' } });
      await launcher('w1').register();
      await expect(old.open()).rejects.toMatchObject({
        code: 'protocol_mismatch',
        message: expect.stringContaining('99') as string,
      });
    });

    test('and connection from another machine are refused while the first has the worker', async () => {
      await launcher('w1').join(running());
      const thief = launcher('w1', direct, { hostname: 'elsewhere' });
      expect(await thief.register()).toMatchObject({ status: 409, body: { code: 'worker_taken' } });
      await expect(thief.open()).rejects.toMatchObject({ code: 'worker_taken' });
    });

    test('that is none is refused, and so is a handshake that is none', async () => {
      const nobody = launcher('not a name!');
      expect((await nobody.register()).status).toBe(400);
      await expect(nobody.open()).rejects.toMatchObject({ code: 'bad_request' });
    });
  });

  describe('proof', () => {
    const mint = async (worker: string) =>
      (await post<{ token: string; worker_id: string }>('/api/admin/workers', { name: worker, worker_id: worker }))
        .body;

    test('of a worker is asked for at its registration, its connection and its output alike', async () => {
      const { token } = await mint('w1');
      const w1 = await launcher('w1', direct, { token }).join(running(), [RUN]);
      expect(await w1.ship(0, 'mine\n')).toMatchObject({ status: 200, body: { offset: 5 } });
      for (const [wrong, codes] of [
        [{}, ['worker_taken', 'login_required']],
        [{ token: `${token}x` }, ['invalid_token', 'credential_mismatch']],
        [{ key: 'wk_of-a-stranger' }, ['worker_taken', 'credential_mismatch']],
      ] as const) {
        const thief = launcher('w1', direct, wrong);
        expect((await thief.register()).body).toMatchObject({ code: codes[0] });
        await expect(thief.open()).rejects.toMatchObject({ code: 'unknown_worker' });
        expect((await thief.ship(5, 'not mine\n')).body).toMatchObject({ code: codes[1] });
      }
      expect(w1.isOpen).toBe(true);
      expect(await manager.output('w1')).toBe('mine\n');
    });

    test('of one worker is none of another', async () => {
      const { token } = await mint('w1');
      await launcher('w1', direct, { token }).join();
      await launcher('w2', direct, { key: 'wk_of-w2' }).join(running(), [RUN]);
      const astray = launcher('w2', direct, { token });
      expect(await astray.register()).toMatchObject({ status: 403, body: { code: 'credential_mismatch' } });
      await expect(astray.open()).rejects.toMatchObject({ code: 'unknown_worker' });
      expect(await astray.ship(0, 'x')).toMatchObject({ status: 403, body: { code: 'credential_mismatch' } });
    });

    test('that was rotated is cut, and is none from then on', async () => {
      const { token, worker_id: id } = await mint('w1');
      const w1 = await launcher('w1', direct, { token }).join(running(), [RUN]);
      const rotated = await post<{ token: string }>(`/api/admin/workers/${id}/token`, {});
      await until('the line to end', DEADLINE_MS, () => !w1.isOpen);
      expect((await w1.ship(0, 'late\n')).body).toMatchObject({ code: 'credential_mismatch' });
      expect((await w1.register()).body).toMatchObject({ code: 'invalid_token' });
      await expect(w1.open()).rejects.toMatchObject({ code: 'unknown_worker' });
      const again = await launcher('w1', direct, { token: rotated.body.token }).join(running(), [RUN]);
      expect((await again.ship(0, 'mine\n')).status).toBe(200);
    });
  });

  describe('a connection', () => {
    test('begins with the table, and is told what is stored and the pace', async () => {
      const w1 = await launcher('w1').join(running(), [RUN]);
      await w1.ship(0, 'hello\n');
      expect(await w1.sync(running(), [RUN])).toEqual({ outputBytes: { [RUN]: 6 }, heartbeatIntervalMs: 1000 });
      expect(await manager.process('w1')).toMatchObject({ state: 'running', pid: 4711 });
    });

    test('that is newer takes the place of the older one', async () => {
      const older = await launcher('w1').join();
      const newer = launcher('w1');
      await newer.open();
      await older.until('the older line to end', () => !older.isOpen);
      await newer.sync(stopped);
      await command('w1', 'start');
      await newer.until('the command', () => newer.commands.length === 1);
      expect(older.commands).toEqual([]);
    });

    test('carries a table of thousands', async () => {
      const w1 = await launcher('w1').join();
      const table = Array.from({ length: 2_000 }, (_, i) => ({
        spec: { name: `p${i}`, command: `sh -c '${'x'.repeat(1_000)}'` },
        report: w1.report(running(i + 1), `p${i}`),
      }));
      await w1.syncAll(table);
      expect((await manager.get<{ processes: unknown[] }>('/api/workers/w1/processes')).processes).toHaveLength(2_000);
    });

    test('is alive while it beats, stale and lost when it does not, and back with the next beat', async () => {
      await launcher('loud').join(running());
      const silent = await launcher('silent').join(running());
      silent.isSilent = true;
      const stateOf = async (id: string): Promise<string | undefined> => (await manager.worker(id))?.state;
      await until('the silent one to be lost', 2 * DEADLINE_MS, async () => (await stateOf('silent')) === 'offline');
      expect(await manager.process('silent')).toMatchObject({ state: 'unknown', pid: 4711 });
      silent.isSilent = false;
      await until('the silent one to be back', DEADLINE_MS, async () => (await stateOf('silent')) === 'busy');
      expect(await stateOf('loud')).toBe('busy');
      const presences = (await events()).filter(({ kind }) => /^worker\.(stale|lost|returned)$/.test(kind));
      expect(presences.map(({ worker_id: id, kind }) => `${id} ${kind}`)).toEqual([
        'silent worker.stale',
        'silent worker.lost',
        'silent worker.returned',
      ]);
    });
  });

  describe('facts', () => {
    test('are acknowledged cumulatively, and what is acknowledged outlives a manager that is killed', async () => {
      const w1 = await launcher('w1').join();
      for (const pid of [1, 2, 3]) w1.tell({ kind: 'process.changed', report: w1.report(running(pid)) });
      await w1.until('the last acknowledgement', () => w1.acked === 3);
      await manager.program.end('SIGKILL');
      expect([...w1.acks].sort((a, b) => a - b)).toEqual(w1.acks);
      manager = await manager.again();
      expect((await manager.process('w1'))?.pid).toBe(3);
    });

    test('of attempts alone are acknowledged too, after a while', async () => {
      const w1 = await launcher('w1').join();
      const attempt = AttemptId.parse('j_1.7');
      for (const percent of [1, 2]) w1.tell({ kind: 'attempt.progress', attempt, percent, message: null });
      await w1.until('the acknowledgement', () => w1.acked === 2);
    });

    test('that come again change nothing', async () => {
      const w1 = await launcher('w1').join(running());
      const exit = { exitCode: 7, signal: null, atMs: 1, source: 'record', cause: null } as const;
      w1.tell(
        { kind: 'run.ended', process: w1.id as never, run: RUN, exit, outputBytes: 0, certificate: null },
        { kind: 'process.changed', report: w1.report(stopped) },
      );
      await w1.until('the acknowledgement', () => w1.acked === 2);
      const before = (await events()).length;
      w1.tellAgain();
      w1.tellAgain(2);
      await w1.until('each repeat to be acknowledged', () => w1.acks.length === 3);
      expect(w1.acks).toEqual([2, 2, 2]);
      expect(await events()).toHaveLength(before);
    });

    test('cut off in the middle are not heard, and are when they come again', async () => {
      const { road, address } = await roadTo();
      const w1 = await launcher('w1', address).join();
      road.cutAfter(100_000);
      const long: ProcessReport = { ...w1.report(running(99)), unenforced: [randomBytes(150_000).toString('hex')] };
      w1.tell({ kind: 'process.changed', report: long });
      await w1.until('the line to be cut', () => !w1.isOpen);
      expect(await manager.process('w1')).toMatchObject({ state: 'stopped', pid: null });
      road.heal();
      await w1.open();
      await w1.sync(stopped);
      expect(w1.acks).toEqual([]);
      w1.tellAgain();
      await w1.until('the acknowledgement', () => w1.acked === 1);
      expect((await manager.process('w1'))?.pid).toBe(99);
    });

    test('of a process that nobody defined are answered by asking for the table', async () => {
      const w1 = await launcher('w1').join();
      w1.tell({ kind: 'process.changed', report: w1.report(running(), 'stranger') });
      await w1.until('the question', () => w1.syncsAsked === 1);
    });

    test('of a megabyte arrive whole', async () => {
      const w1 = await launcher('w1').join();
      const why = randomBytes(2 ** 19).toString('hex');
      w1.tell({ kind: 'process.changed', report: w1.report({ ...stopped, why }) });
      await w1.until('the acknowledgement', () => w1.acked === 1);
      expect(digest((await manager.process('w1'))?.why)).toBe(digest(why));
    });
  });

  describe('commands', () => {
    test('arrive once and in order, and again after a reconnect until they are done', async () => {
      const w1 = await launcher('w1').join();
      for (const verb of ['start', 'stop', 'start']) await command('w1', verb);
      await w1.until('the commands', () => w1.commands.length === 3);
      const verbs = w1.commands.map((given) => 'verb' in given && given.verb);
      expect(verbs).toEqual(['start', 'stop', 'start']);
      const [done, ...left] = w1.commands.splice(0);
      const result = { ok: true, message: 'running', certificate: null };
      w1.tell({ kind: 'command.done', id: done?.id as never, result });
      await w1.until('the acknowledgement', () => w1.acked === 1);
      w1.close();
      await w1.open();
      await w1.sync(stopped);
      await w1.until('what is not done', () => w1.commands.length === left.length);
      expect(w1.commands).toEqual(left);
    });

    test('given while it is away wait for it, also in a manager that is killed', async () => {
      const w1 = await launcher('w1').join();
      w1.close();
      await manager.program.end('SIGKILL');
      manager = await manager.again();
      expect((await command('w1', 'start')).body.status).toBe('queued');
      await w1.open();
      await w1.sync(stopped);
      await w1.until('the command', () => w1.commands.length === 1);
    });

    test('by the thousand arrive each once and in order', async () => {
      const w1 = await launcher('w1').join();
      for (let i = 0; i < 1_000; i += 50) await Promise.all(Array.from({ length: 50 }, () => command('w1', 'restart')));
      await w1.until('all of them', () => w1.commands.length === 1_000);
      const ids = w1.commands.map(({ id }) => id);
      expect(new Set(ids).size).toBe(1_000);
      w1.commands.length = 0;
      await w1.sync(stopped);
      await w1.until('all of them again', () => w1.commands.length === 1_000);
      expect(w1.commands.map(({ id }) => id)).toEqual(ids);
    });

    test('for one that does not read are in nobody’s way', async () => {
      const { road, address } = await roadTo();
      const [slow, quick] = [await launcher('slow', address).join(), await launcher('quick').join()];
      road.hold();
      for (let i = 0; i < 500; i += 50) await Promise.all(Array.from({ length: 50 }, () => command('slow', 'restart')));
      await command('quick', 'start');
      await quick.until('the command', () => quick.commands.length === 1);
      expect(slow.commands.length).toBeLessThan(500);
      road.cut();
      await slow.until('the line to end', () => !slow.isOpen);
      slow.commands.length = 0;
      await slow.open();
      await slow.sync(stopped);
      await slow.until('all of them', () => slow.commands.length === 500);
    });
  });

  describe('output', () => {
    test('is stored once and in order, whatever is sent twice or from the wrong place', async () => {
      const w1 = await launcher('w1').join(running(), [RUN]);
      expect(await w1.ship(0, 'one\ntwo\n')).toEqual({ status: 200, body: { offset: 8 } });
      for (const [offset, bytes] of [
        [0, 'one\n'],
        [4, 'two\nthree\n'],
        [99, 'x'],
      ] as const)
        expect(await w1.ship(offset, bytes)).toEqual({ status: 409, body: { offset: 8 } });
      expect(await w1.ship(8, 'three\n')).toEqual({ status: 200, body: { offset: 14 } });
      expect(await manager.output('w1')).toBe('one\ntwo\nthree\n');
    });

    test('of two connections at once is stored by one of them', async () => {
      const w1 = await launcher('w1').join(running(), [RUN]);
      const other = link.address(ports);
      world.afterwards(() => Promise.resolve(other.close()));
      const ghost = new LinkLauncher('w1', other);
      const statuses = await Promise.all([w1.ship(0, 'same bytes\n'), ghost.ship(0, 'same bytes\n')]);
      expect(statuses.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(await manager.output('w1')).toBe('same bytes\n');
    });

    test('of many megabytes and any bytes is the same afterwards', async () => {
      const w1 = await launcher('w1').join(running(), [RUN]);
      const pieces = Array.from({ length: 12 }, () => randomBytes(4 * 1024 * 1024));
      let offset = 0;
      for (const piece of pieces) {
        expect((await w1.ship(offset, piece)).status).toBe(200);
        offset += piece.length;
      }
      const asIs = { headers: { 'accept-encoding': 'identity' } };
      const stored = await fetch(`${manager.url}/api/logs/w1/w1/${RUN}`, asIs);
      const bytes = Buffer.from(await stored.arrayBuffer());
      expect({ status: stored.status, length: bytes.length }).toEqual({ status: 200, length: offset });
      expect(digest(bytes)).toBe(digest(Buffer.concat(pieces)));
    });

    test('of a split run is two streams, each with offsets and gaps of its own', async () => {
      const w1 = await launcher('w1').join(running(), [RUN]);
      const stderr = { stream: 'stderr' };
      expect(await w1.ship(0, 'out\n')).toMatchObject({ status: 200, body: { offset: 4 } });
      expect(await w1.ship(0, 'error\n', stderr)).toMatchObject({ status: 200, body: { offset: 6 } });
      expect(await w1.ship(4, 'twice\n', stderr)).toMatchObject({ status: 409, body: { offset: 6 } });
      const gap = { gap: '1000', reason: 'worker-disk-full' };
      expect(await w1.ship(6, '', { ...stderr, ...gap })).toMatchObject({ status: 200, body: { offset: 1006 } });
      expect(await w1.ship(6, '', { ...stderr, ...gap })).toMatchObject({ status: 409, body: { offset: 1006 } });
      expect(await w1.ship(1006, 'more\n', stderr)).toMatchObject({ status: 200, body: { offset: 1011 } });
      expect(await w1.ship(4, '', { gap: '0', reason: 'file-truncated' })).toMatchObject({
        status: 200,
        body: { offset: 4 },
      });
      expect((await w1.sync(running(), [RUN])).outputBytes).toEqual({ [RUN]: 4, [`${RUN}/stderr`]: 1011 });
      const stored = async (stream: string) =>
        (await manager.get<{ runs: LogRunView[] }>(`/api/logs/w1/w1?stream=${stream}`)).runs[0];
      expect(await stored('stdout')).toMatchObject({ bytes: 4, gaps: [{ from: 4, to: 4, reason: 'file-truncated' }] });
      expect(await stored('stderr')).toMatchObject({
        bytes: 1011,
        stored_bytes: 11,
        gaps: [{ from: 6, to: 1006, reason: 'worker-disk-full' }],
      });
    });

    test('of an unknown stream, or missing for an unknown reason, is refused', async () => {
      const w1 = await launcher('w1').join(running(), [RUN]);
      for (const more of [
        { stream: 'stdlog' },
        { gap: '1', reason: 'it was boring' },
        { gap: '-1', reason: 'retention' },
      ])
        expect(await w1.ship(0, '', more as Record<string, string>)).toMatchObject({
          status: 400,
          body: { code: 'bad_request' },
        });
      expect((await w1.sync(running(), [RUN])).outputBytes).toEqual({});
    });

    test('of nobody known is refused', async () => {
      expect(await launcher('nobody').ship(0, 'x')).toMatchObject({ status: 404, body: { code: 'unknown_worker' } });
    });
  });

  test('slots that its machine’s own queue holds are shown until others are told', async () => {
    const w1 = await launcher('w1', direct, { slots: 4 }).join();
    const shown = async (): Promise<number | undefined> => (await manager.worker('w1'))?.slots_held;
    expect(await shown()).toBe(0);
    w1.say('slots', { held: 3 });
    await until('three to be shown', DEADLINE_MS, async () => (await shown()) === 3);
    // A launcher says it with its sync; one that says nothing has none.
    await w1.sync(stopped);
    expect(await shown()).toBe(0);
  });

  describe('what is not understood', () => {
    const WRONG: [string, unknown][] = [
      ['facts', { facts: [{ seq: -1 }] }],
      ['facts', 'no'],
      ['beat', { atMs: 'now' }],
      ['slots', { held: -1 }],
      ['sync', { processes: 1 }],
      ['facts', null],
    ];
    test.each(WRONG)('ends the line that said it, and no other: %s %j', async (event, body) => {
      const [bad, good] = [await launcher('bad').join(), await launcher('good').join()];
      bad.say(event, body);
      await bad.until('its line to end', () => !bad.isOpen);
      good.tell({ kind: 'process.changed', report: good.report(running()) });
      await good.until('the acknowledgement', () => good.acked === 1);
      await bad.join(running());
    });

    test('is passed over when it is a word of another time', async () => {
      const w1 = await launcher('w1').join();
      w1.say('tomorrow', { any: 'thing' });
      w1.tell({ kind: 'process.changed', report: w1.report(running()) });
      await w1.until('the acknowledgement', () => w1.acked === 1);
    });

    test('also not as a stream of bytes, harms nobody', async () => {
      const good = await launcher('good').join();
      await Promise.all(ports.map((port) => rubbish(port)));
      good.tell({ kind: 'process.changed', report: good.report(running()) });
      await good.until('the acknowledgement', () => good.acked === 1);
      expect((await good.ship(0, 'x\n')).status).toBe(200);
    });
  });
}

const digest = (what: string | Buffer | undefined): string =>
  createHash('sha256')
    .update(what ?? '')
    .digest('hex');

/** Random bytes to a port, until it hangs up or has had enough of them. */
const rubbish = (port: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(randomBytes(100_000)));
    socket.on('error', () => undefined);
    socket.resume();
    socket.on('close', () => resolve());
    socket.setTimeout(3_000, () => socket.destroy());
  });
