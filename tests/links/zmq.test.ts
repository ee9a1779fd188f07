/** The rules of all links, and what ZeroMQ alone has: no connection by itself, offers, keys. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS } from '../../protocol/limits';
import type { ApplicantView } from '../../protocol/trust-http';
import { ZMQ } from '../../protocol/zmq';
import { newCurveKeys } from '../../src/config/curve-keys';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { holdToTheRules } from './conformance';
import { LinkLauncher } from './link-launcher';
import { identityOf, RUN, running } from '../harness/launcher-words';
import { RawZmtp } from './raw-zmtp';
import { Frames, zmqLink } from './zmq-address';

const DEADLINE_MS = 30_000;

holdToTheRules(zmqLink());

describe('over ZeroMQ', () => {
  const world = useWorld();
  const CURVE = 'PROCGUARD_COMMUNICATION_ADAPTER_CONFIG_CURVE';

  async function started(env: Record<string, string> = {}, serverKey: string | null = null) {
    const link = zmqLink(serverKey, env);
    const { port, ports, env: wanted } = await link.manager();
    const manager = await StartedManager.start(world, { port, env: wanted });
    const address = link.address(ports);
    world.afterwards(() => Promise.resolve(address.close()));
    return { manager, ports, address };
  }
  const rawTo = async (port = 0, from?: string): Promise<RawZmtp> => {
    const raw = await RawZmtp.to(port, from);
    world.afterwards(() => Promise.resolve(raw.close()));
    return raw;
  };
  const framesTo = (port = 0, serverKey: string | null = null) => {
    const heard: string[] = [];
    let ended = 0;
    const frames = new Frames(
      port,
      serverKey,
      (word) => heard.push(word),
      () => (ended += 1),
    );
    world.afterwards(() => Promise.resolve(frames.close()));
    return { frames, heard, ended: () => ended > 0 };
  };

  test('who never opened is told so, and changes nothing', async () => {
    const { manager, ports, address } = await started();
    const w1 = await new LinkLauncher('w1', address).join(running());
    world.afterwards(() => Promise.resolve(w1.close()));
    const stranger = framesTo(ports[0]);
    const facts = [{ seq: 1, atMs: 0, fact: { kind: 'process.removed', process: 'w1', why: 'a lie' } }];
    stranger.frames.say('facts', { facts });
    await until('it to be told', DEADLINE_MS, stranger.ended);
    expect(await manager.process('w1')).toMatchObject({ state: 'running', pid: 4711 });
    expect(w1.isOpen).toBe(true);
  });

  test('messages of other shapes and bytes without an offer are passed over', async () => {
    const { manager, ports, address } = await started();
    const w1 = await new LinkLauncher('w1', address).join(running(), [RUN]);
    world.afterwards(() => Promise.resolve(w1.close()));
    const odd = framesTo(ports[1]).frames;
    odd.frames('one frame');
    odd.frames('a', 'b', 'c', 'd', 'e');
    odd.frames('piece', '1', randomBytes(1_000));
    odd.frames('offer', '1', 'not json');
    expect((await w1.ship(0, 'line\n')).status).toBe(200);
    expect(await manager.output('w1')).toBe('line\n');
  });

  test('a message that never ends is hung up on, whoever says it', async () => {
    const { ports, address } = await started();
    const w1 = await new LinkLauncher('w1', address).join(running(), [RUN]);
    world.afterwards(() => Promise.resolve(w1.close()));
    await new LinkLauncher('w2', address).register();
    const one = await rawTo(ports[0]);
    one.say('open', identityOf('w2'));
    await until('it to be let in', DEADLINE_MS, () => one.heard.includes('opened'));
    const most = 4 * ZMQ.unreadBytesMax;
    const sayers = [one, ...(await Promise.all(ports.map((port) => rawTo(port))))];
    await Promise.all(sayers.map((sayer) => sayer.sayWithoutEnd(most)));
    await until('all of them to be hung up on', DEADLINE_MS, () => sayers.every(({ isOpen }) => !isOpen));
    expect(w1.isOpen).toBe(true);
    expect((await w1.ship(0, 'line\n')).status).toBe(200);
  });

  test('who is nobody says no more than a handshake is long, and does not stay', async () => {
    const { ports } = await started();
    const idle = await Promise.all(ports.map((port) => rawTo(port)));
    const long = framesTo(ports[0]);
    long.frames.say('register', { pad: 'x'.repeat(LIMITS.handshakeBytesMax) });
    await until('it to be hung up on', DEADLINE_MS, long.ended);
    expect(long.heard).toEqual([]);
    await until('who says nothing to be hung up on', 90_000, () => idle.every(({ isOpen }) => !isOpen));
  });

  test('who calls is from where the call comes, and takes no room from those elsewhere', async () => {
    const { manager, ports } = await started({ PROCGUARD_COMMUNICATION_ADAPTER_CONFIG_HOST: '0.0.0.0' });
    const knock = async (worker: string, from: string): Promise<string> => {
      const raw = await rawTo(ports[0], from);
      const launcher = identityOf(worker, { key: `key-of-${worker}` });
      raw.say('register', { worker_id: worker, launcher });
      await until('an answer', DEADLINE_MS, () => raw.heard.includes('"code"'));
      return /"code":"(\w+)"/.exec(raw.heard)?.[1] ?? '';
    };
    for (let i = 0; i < 32; i++) expect(await knock(`s${i}`, '127.0.0.2')).toBe('pending_approval');
    expect(await knock('s32', '127.0.0.2')).toBe('rate_limited');
    expect(await knock('w1', '127.0.0.3')).toBe('pending_approval');
    const { applicants } = await manager.get<{ applicants: ApplicantView[] }>('/api/approvals');
    expect(applicants.find(({ worker_id: worker }) => worker === 'w1')).toMatchObject({ from: '127.0.0.3' });
  });

  test('strangers ask no more than so often', async () => {
    const { ports } = await started();
    const many = await rawTo(ports[0]);
    for (let i = 0; i < 5_000; i++) many.say('register', {});
    await until('one to be too many', DEADLINE_MS, () => many.heard.includes('"rate_limited"'));
  });

  test('who offers much and sends nothing has a share, on however many connections, and is in nobody’s way', async () => {
    const { ports, address } = await started();
    const w1 = await new LinkLauncher('w1', address).join(running(), [RUN]);
    const w2 = await new LinkLauncher('w2', address).join();
    world.afterwards(async () => [w1, w2].forEach((launcher) => launcher.close()));
    const [greedy, again] = [framesTo(ports[1]), framesTo(ports[1])];
    const query = new URLSearchParams({ worker: 'w2', process: 'w2', run: RUN, offset: '0' }).toString();
    const offer = { query, bytes: ZMQ.frameBytesMax };
    const answers: unknown[] = [];
    for (let i = 0; i < ZMQ.offersMax; i++)
      void greedy.frames.ask('offer', offer).then(
        (answer) => answers.push(answer),
        () => undefined,
      );
    const share = ZMQ.creditShareBytes / ZMQ.frameBytesMax;
    await until('its share to be granted', DEADLINE_MS, () => greedy.heard.length === share);
    expect(await again.frames.ask('offer', offer)).toMatchObject({ status: 429, body: { code: 'queue_full' } });
    expect((await w1.ship(0, 'line\n')).status).toBe(200);
    // Sooner than launchers give up: what they do not wait for any more would hold room for nobody.
    await until('the others to be answered', 60_000, () => answers.length === ZMQ.offersMax - share);
    expect(answers[0]).toMatchObject({ status: 429, body: { error: expect.stringContaining('no room') } });
    expect(greedy.heard).toEqual(['go', 'go']);
    greedy.frames.close();
    again.frames.say('offer', offer, 'o1');
    await until('what it held to be there again', DEADLINE_MS, () => again.heard.includes('go'));
  });

  test('with keys: who has the public one comes in, who has not or another does not', async () => {
    const dir = world.directory();
    const keys = newCurveKeys();
    const files = { PUBLIC: join(dir, 'public'), SECRET: join(dir, 'secret') };
    writeFileSync(files.PUBLIC, `${keys.publicKey}\n`);
    writeFileSync(files.SECRET, `${keys.secretKey}\n`);
    const { manager, ports, address } = await started(
      { [`${CURVE}_PUBLIC_KEY_FILE`]: files.PUBLIC, [`${CURVE}_SECRET_KEY_FILE`]: files.SECRET },
      keys.publicKey,
    );
    const w1 = await new LinkLauncher('w1', address).join(running(), [RUN]);
    world.afterwards(() => Promise.resolve(w1.close()));
    expect((await w1.ship(0, 'secret\n')).status).toBe(200);
    for (const wrong of [null, newCurveKeys().publicKey]) {
      const outsider = framesTo(ports[0], wrong);
      outsider.frames.say('register', { worker_id: 'w2' });
      await until('it to be turned away', DEADLINE_MS, outsider.ended);
    }
    expect(await manager.worker('w2')).toBeUndefined();
    expect(w1.isOpen).toBe(true);
    expect(manager.program.output).toContain('encrypted (CURVE)');
  });

  test('without keys beyond loopback is said at the start; a port that is taken is a sentence', async () => {
    const { manager, ports } = await started({ PROCGUARD_COMMUNICATION_ADAPTER_CONFIG_HOST: '0.0.0.0' });
    expect(manager.program.output).toContain('without keys');
    const second = StartedManager.start(world, {
      env: {
        PROCGUARD_COMMUNICATION_ADAPTER_TYPE: 'zmq',
        PROCGUARD_COMMUNICATION_ADAPTER_CONFIG_PORT_BASE: String(ports[0]),
      },
    });
    await expect(second).rejects.toThrow(`the ZeroMQ link cannot listen on 127.0.0.1:${ports[0]}`);
  });
});
