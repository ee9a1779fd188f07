/** The brake of the whole fleet, with real workers: a burst is one incident, and afterwards the rest is done calmly. */
import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import type { Snapshot } from '../../protocol/live';
import type { IncidentView, ProcessView, RecoveryView } from '../../protocol/views';
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const DEADLINE_MS = 30_000;
interface Recoveries {
  readonly stories: RecoveryView[];
  readonly incidents: IncidentView[];
}

test('six that fail their health checks at once: held back, said once, told to dashboards, then a few at a time', async () => {
  const manager = await StartedManager.start(world, {
    env: {
      PROCGUARD_RECOVERY_BRAKE_FAILURES: '3',
      PROCGUARD_RECOVERY_BRAKE_HOLD: '10',
      PROCGUARD_RECOVERY_BRAKE_RELEASE_AT_ONCE: '1',
      PROCGUARD_MONITORING_INTERVAL: '0.2',
    },
  });
  let healthy = true;
  const dir = world.directory();
  const livesOf = (name: string): number => textIn(join(dir, name)).length;
  // A restart heals: whoever began anew is well, whenever that was.
  const checked = createServer(({ url = '' }, response) =>
    response.writeHead(healthy || livesOf(url.slice(1)) > 1 ? 200 : 503).end(),
  );
  await once(checked.listen(0, '127.0.0.1'), 'listening');
  world.afterwards(async () => void checked.close());
  const { port } = checked.address() as AddressInfo;
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const specs = names.map((name) => ({
    name,
    command: `printf x >> ${join(dir, name)}; exec sleep 1000`,
    autoStart: true,
    healthCheck: { url: `http://127.0.0.1:${port}/${name}`, intervalMs: 100, timeoutMs: 30_000, failuresMax: 2 },
  }));
  const file = join(world.directory(), 'processes.json');
  writeFileSync(file, JSON.stringify(specs));
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: ['--processes', file] });
  const processes = async (): Promise<ProcessView[]> =>
    (await manager.get<{ processes?: ProcessView[] }>('/api/workers/w1/processes')).processes ?? [];
  await until('all to be healthy', DEADLINE_MS, async () => {
    const all = await processes();
    return all.length === 6 && all.every(({ healthy: is }) => is === true);
  });
  healthy = false;
  const recoveries = () => manager.get<Recoveries>('/api/recovery');
  const [incident] = await until('the incident', DEADLINE_MS, async () => {
    const { incidents } = await recoveries();
    return incidents.length > 0 ? incidents : null;
  });
  expect(incident).toMatchObject({
    ended_at_ms: null,
    why: expect.stringMatching(/\d of 6 running processes/) as string,
  });
  const socket = io(manager.url, { transports: ['websocket'] });
  world.afterwards(async () => void socket.disconnect());
  const snapshot = (await socket.timeout(DEADLINE_MS).emitWithAck('watch')) as Snapshot;
  expect(snapshot.incident).toMatchObject({ id: incident!.id });

  await until('all to be found', DEADLINE_MS, async () => {
    const { stories } = await recoveries();
    return new Set(stories.map(({ process }) => process)).size === 6;
  });
  const endedAtMs = await until(
    'the incident to be over',
    2 * DEADLINE_MS,
    async () => (await recoveries()).incidents[0]?.ended_at_ms,
  );
  const ended = await until('every story to have its end', 2 * DEADLINE_MS, async () => {
    const { stories } = await recoveries();
    return stories.every(({ ended_at_ms: endedMs }) => endedMs !== null) ? stories : null;
  });
  const ofIncident = ended.filter(({ stage, incident: part }) => stage === 'completed' && part === incident!.id);
  expect(new Set(ofIncident.map(({ process }) => process))).toEqual(new Set(names));
  const restarted = (await processes()).map(
    ({ process, certificate }) => [certificate!.requestedAtMs, process] as const,
  );
  expect(Math.min(...restarted.map(([, name]) => livesOf(name)))).toBe(2);
  // The first ones were acted on before there was a burst to see; the others were not. Two programs told these times.
  expect(restarted.filter(([atMs]) => atMs > endedAtMs - 100).length).toBeGreaterThanOrEqual(4);
  const { events } = await manager.get<{ events: { kind: string }[] }>('/api/events?limit=1000');
  expect(events.filter(({ kind }) => kind === 'incident.began')).toHaveLength(1);
  await launcher.stopAll();
});

test('stories and incidents survive a kill -9 of the manager', async () => {
  const env = { PROCGUARD_RECOVERY_BRAKE_FAILURES: '2', PROCGUARD_RECOVERY_BRAKE_HOLD: '1000' };
  const manager = await StartedManager.start(world, { env });
  const file = join(world.directory(), 'processes.json');
  const restart = { delayMs: 10, maxRestarts: 1 };
  writeFileSync(
    file,
    JSON.stringify(['a', 'b', 'c'].map((name) => ({ name, command: 'sleep 0.3; exit 1', autoStart: true, restart }))),
  );
  startLauncher(world, { managerUrl: manager.url, flags: ['--processes', file] });
  const told = await until('all to have failed', DEADLINE_MS, async () => {
    const answer = await manager.get<Recoveries>('/api/recovery?limit=500');
    const failures = answer.stories.filter(({ kind, stage }) => kind === 'crash' && stage === 'failed');
    return failures.length === 3 ? answer : null;
  });
  expect(told.incidents).toHaveLength(1);
  await manager.program.end('SIGKILL');
  const again = await manager.again();
  const after = await again.get<Recoveries>('/api/recovery?limit=500');
  expect(after.incidents).toEqual(told.incidents);
  expect(new Set(after.stories.map(({ id }) => id))).toEqual(new Set(told.stories.map(({ id }) => id)));
  const ofOne = await again.get<Recoveries>('/api/recovery?worker=w1&process=a&limit=1');
  expect(ofOne.stories).toMatchObject([{ process: 'a' }]);
});
