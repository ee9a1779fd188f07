/**
 * Many nodes lose their manager at once and come back to it: their real links, without children. They come spread over
 * time, and meanwhile the manager answers. PROCGUARD_HERD=1000 makes it the matrix's row.
 */
import type { InstanceId, WorkerId } from '../../protocol/ids';
import { LIMITS } from '../../protocol/limits';
import type { LauncherIdentity } from '../../protocol/link';
import { startClock } from '../../launcher/clock';
import { ManagerLink } from '../../launcher/link/manager-link';
import { register } from '../../launcher/link/register';
import { roadsTo } from '../../launcher/link/roads';
import { PUBLIC_TRUST } from '../../protocol/trust-wanted';
import { StartedManager } from '../harness/manager';
import { mainDelayMs } from '../harness/run-delay';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const NODES = Number(process.env['PROCGUARD_HERD'] ?? 200);
/** Reconnection waits for 5 s at most, and that is spread by half of itself. */
const BACK_MS = 20_000;
/** On a busy machine nobody comes at his time. */
const DEADLINE_MS = 3 * BACK_MS;
/** While they all come back somebody asks for the list of nodes. What both sides of it had to wait for a core is not the manager's. */
const ANSWER_MS_MAX = 2_000;
const world = useWorld();

const identityOf = (number: number): LauncherIdentity => ({
  worker: `n${number}` as WorkerId,
  instance: `life-of-n${number}` as InstanceId,
  protocol: LIMITS.protocolVersion,
  version: '0',
  hostname: `host${number}`,
  bootId: 'boot',
  pid: 1,
  heartbeatIntervalMs: 1_000,
  labels: {},
  token: null,
  key: null,
  kind: 'remote',
});

async function join(url: string, number: number): Promise<ManagerLink> {
  const identity = identityOf(number);
  const { address, carrierTo } = await roadsTo(
    { managerUrl: url, zmqServerKey: null, trust: PUBLIC_TRUST },
    identity,
    null,
  );
  const clock = startClock();
  const ending = new AbortController();
  const body = { worker_id: identity.worker, hostname: identity.hostname, launcher: identity };
  const registerNow = async () => void (await register(address, body, () => {}, ending.signal));
  const link = new ManagerLink(carrierTo, clock, {
    sync: () => ({ processes: [], runs: [] }),
    synced: () => {},
    command: () => {},
    standings: () => {},
    job: () => {},
    jobNotUnderstood: () => {},
    renewed: () => {},
    acknowledged: () => {},
    disconnected: () => {},
    registerAgain: registerNow,
    beat: async () => ({ atMs: clock.now(), machine: null, usage: [], gone: [] }),
    log: () => {},
  });
  world.afterwards(async () => {
    ending.abort();
    link.close();
    address.close();
  });
  await registerNow();
  link.connect();
  return link;
}

test(`${NODES} nodes come back to a manager that was killed, and it answers meanwhile`, async () => {
  const manager = await StartedManager.start(world);
  const links = await Promise.all(Array.from({ length: NODES }, (_, i) => join(manager.url, i + 1)));
  const connected = () => links.filter(({ isConnected }) => isConnected).length;
  await until('all of them', DEADLINE_MS, () => connected() === NODES);

  await manager.program.end('SIGKILL');
  await until('all to notice', DEADLINE_MS, () => connected() === 0);
  const back = await manager.again();
  const startedAt = performance.now();
  const waitedMs = () => mainDelayMs(process.pid) + mainDelayMs(back.program.pid);
  let slowestMs = 0;
  await until('all of them again', DEADLINE_MS, async () => {
    const [askedAt, waitedBefore] = [performance.now(), waitedMs()];
    await back.get('/api/nodes');
    slowestMs = Math.max(slowestMs, performance.now() - askedAt - (waitedMs() - waitedBefore));
    return connected() === NODES;
  });
  console.info(
    `${NODES} nodes back in ${Math.round(performance.now() - startedAt)} ms; slowest answer ${Math.round(slowestMs)} ms`,
  );
  expect(slowestMs).toBeLessThan(ANSWER_MS_MAX);
}, 300_000);
