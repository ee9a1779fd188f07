/** From another host, without a proof: nothing is read, and nothing is done. */
import { PLAIN, ROADS } from '../../src/faces/entry';
import { OUTPUT_PATH } from '../../protocol/link';
import { startLauncher } from '../harness/launcher';
import { identityOf } from '../harness/launcher-words';
import { PROCGUARD } from '../harness/manager';
import { quietPort } from '../harness/quiet-port';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { elsewhere, testElsewhere, type Elsewhere } from './elsewhere';
import type { Knock } from './knock';

const world = useWorld();
const SECRET = 'spoken-by-the-child-alone';

/** Everybody is answered here, and nothing of the fleet is in the answers. */
const PUBLIC = [
  'GET /healthz',
  'GET /readyz',
  'GET /',
  'GET /join',
  'GET /join/container-run.js',
  'GET /join/launcher.js',
  'GET /ca.pem',
  'GET /api/session',
  'POST /api/session',
  'POST /api/setup',
];

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Understood by whatever is asked, so that it is not for the body that it is refused. */
const BODY = JSON.stringify({
  command: 'stop',
  worker_id: 'w1',
  message: 'said by a stranger',
  targets: ['w1'],
  confirm: true,
});

/** Every route that the manager describes, and every way in that is no route. */
async function allDoors({ manager }: Elsewhere): Promise<Knock[]> {
  const { run_id: run, log_bytes: stored } = (await manager.process('w1')) ?? {};
  const { paths } = await manager.get<Described>('/api/openapi.json');
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const others = [...Object.values(PLAIN), ...Object.values(ROADS)].map(({ name }) => name);
  return [...new Set([...routes, ...others])].map((door) => {
    const [method = '', path = ''] = door.split(' ');
    // The output that would be the next.
    const query = path === OUTPUT_PATH ? `?worker=w1&process=w1&run=${run}&offset=${stored}` : '';
    return {
      method,
      path: path.replaceAll(/:id|\{\w+\}/g, 'w1') + query,
      ...(method === 'GET' ? {} : { body: BODY }),
    };
  });
}

async function withChild(number: number): Promise<Elsewhere> {
  const there = await elsewhere(world, number);
  const { manager } = there;
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--env', `{"TOLD":"${SECRET}"}`, '--command', 'echo $TOLD; exec sleep 1000'],
  });
  await manager.until('it to run', 'w1', ({ state, log_bytes: stored }) => state === 'running' && stored > 0);
  return there;
}

testElsewhere('strangers at every door')('every door is shut for a stranger, whatever he says of himself', async () => {
  const there = await withChild(21);
  const { manager } = there;
  const before = await manager.process('w1');
  const doors = await allDoors(there);
  expect(doors.length).toBeGreaterThan(50);
  const disguises: Record<string, string>[] = [
    {},
    { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1', forwarded: 'for=127.0.0.1' },
    { host: `localhost:${manager.port}` },
    { authorization: 'Bearer pgt_of_nobody' },
    { cookie: 'procguard_session=pgs_of_nobody' },
    { 'x-worker-token': 'wt_of_nobody', 'x-worker-id': 'w1' },
  ];
  const http = disguises.flatMap((headers) => doors.map((door) => ({ ...door, headers })));
  const answers = await there.knock({ http });
  const open = answers.http.flatMap(({ status, body }, index) => {
    const { method, path, headers } = http[index] ?? { method: '', path: '', headers: {} };
    const door = `${method} ${path}`;
    const isShut = status === 401 || status === 403 || (PUBLIC.includes(door) && !body.includes('w1'));
    return isShut && !body.includes(SECRET)
      ? []
      : [`${door} ${JSON.stringify(headers)}: ${status} ${body.slice(0, 200)}`];
  });
  expect(open).toEqual([]);
  // And nothing of it was done.
  expect(await manager.process('w1')).toMatchObject({ state: 'running', pid: before?.pid, restart_count: 0 });
  expect((await manager.get<{ workers: unknown[] }>('/api/nodes')).workers).toHaveLength(1);
  expect(await manager.output('w1')).toBe(`${SECRET}\n`);
});

testElsewhere('strangers at the sockets')('the sockets are shut for a stranger', async () => {
  const there = await withChild(22);
  const identity = identityOf('w1', { hostname: 'elsewhere', key: `wk_${'x'.repeat(43)}` });
  const { sockets } = await there.knock({
    sockets: [
      { namespace: '/' },
      { namespace: '/', auth: { token: 'pgs_of_nobody' } },
      { namespace: '/launcher', auth: identity },
      { namespace: '/launcher', auth: { ...identity, key: null } },
      { namespace: '/launcher', auth: { ...identity, key: null, token: 'wt_of_nobody' } },
      { namespace: '/launcher', auth: { ...identity, worker: 'w2' } },
      { namespace: '/launcher', auth: { ...identity, worker: 'local', kind: 'local' } },
    ],
  });
  // Shut for want of a proof, and for nothing else; which workers there are is not told either.
  const [visitor, visitorWithToken, ...launchers] = sockets;
  expect([visitor, visitorWithToken].map((answer) => answer?.includes('"login_required"'))).toEqual([true, true]);
  expect(launchers.map((answer) => answer.replaceAll(/w1|w2|local/g, 'ID'))).toEqual(
    launchers.map(
      () => expect.stringMatching(/^worker ID is not registered here by this launcher.*"unknown_worker"/) as string,
    ),
  );
  expect(await there.manager.worker('w1')).toMatchObject({
    hostname: expect.not.stringMatching(/^elsewhere$/) as string,
  });
});

testElsewhere('strangers at the ZeroMQ port')(
  'a launcher that nobody vouches for gets nothing through ZeroMQ either',
  async () => {
    const port = await quietPort();
    const setting = 'PROCGUARD_COMMUNICATION_ADAPTER';
    const there = await elsewhere(world, 23, {
      env: {
        [`${setting}_TYPE`]: 'zmq',
        [`${setting}_CONFIG_HOST`]: '0.0.0.0',
        [`${setting}_CONFIG_PORT_BASE`]: String(port),
      },
    });
    const { manager, host } = there;
    const flags = ['--command', 'sleep 1000', '--auto-start'];
    const { program } = startLauncher(world, { managerUrl: `zmq://${host.ourAddress}:${port}`, flags, on: host.on });
    await until('it to wait', 60_000, () => program.output.includes('waits for approval'));
    expect(await manager.worker('w1')).toBeUndefined();
    expect(await manager.process('w1').catch(() => null)).toBeNull();
  },
);

testElsewhere('the command line of a stranger')('the command line is told to log in', async () => {
  const there = await withChild(24);
  for (const words of [['ls'], ['stop', 'w1'], ['logs', 'w1'], ['join-token'], ['run', '--on', 'w1', '--', 'id']]) {
    const stranger = world.start([...there.host.on, process.execPath, PROCGUARD, '--url', there.url, ...words]);
    expect([words, (await stranger.ended).code]).toEqual([words, 1]);
    expect(stranger.output).toMatch(/needs a login or a token/);
  }
  expect(await there.manager.process('w1')).toMatchObject({ state: 'running' });
});
