/** The rules of all links, and what ZeroMQ alone has: no connection by itself, offers, keys. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ZMQ } from '../../protocol/zmq';
import { newCurveKeys } from '../../src/config/curve-keys';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { holdToTheRules } from './conformance';
import { LinkLauncher } from './link-launcher';
import { RUN, running } from '../harness/launcher-words';
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

  test('more offers than one launcher may have are refused, and the credit of those not used comes back', async () => {
    const { ports, address } = await started();
    const w1 = await new LinkLauncher('w1', address).join(running(), [RUN]);
    world.afterwards(() => Promise.resolve(w1.close()));
    const greedy = framesTo(ports[1]);
    const query = new URLSearchParams({ worker: 'w1', process: 'w1', run: RUN, offset: '0' }).toString();
    const offer = { query, bytes: ZMQ.frameBytesMax };
    for (let i = 0; i < ZMQ.offersMax; i++) greedy.frames.say('offer', offer, `o${i}`);
    const refused = await greedy.frames.ask('offer', offer);
    expect(refused).toMatchObject({ status: 429, body: { code: 'queue_full' } });
    // Half of them were told to go, and fill the credit. That is all there is for anybody.
    await until(
      'the credit to be used',
      DEADLINE_MS,
      () => greedy.heard.length === ZMQ.creditBytes / ZMQ.frameBytesMax,
    );
    const waiting = w1.ship(0, 'line\n');
    for (let i = 0; i < ZMQ.offersMax; i++) greedy.frames.frames('piece', `o${i}`, Buffer.alloc(ZMQ.frameBytesMax));
    const { status } = await waiting;
    expect([200, 409]).toContain(status);
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
