/** The manager hears how many slots the machine's own queue holds, and gives no job to them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobExplanation } from '../../../protocol/job-explain';
import type { JobView } from '../../../protocol/job-views';
import type { SubmitReply } from '../../../protocol/jobs-http';
import { StartedManager } from '../../harness/manager';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { connected } from '../jobs/job-words';
import { useTinyManager } from '../tiny-manager';
import { startAgent } from './agent';

const world = useWorld();
const managerOf = useTinyManager(world);
const waitsFor = (gate: string): string => `until test -e ${gate}; do sleep 0.05; done`;

test('when it changes, and with each sync; nothing else of them', async () => {
  const manager = await managerOf();
  const agent = await startAgent(world, { flags: ['--slots', '2', '--manager-url', manager.url] });
  await connected(manager);
  expect(manager.syncs[0]?.slotsHeld).toBe(0);
  const gate = join(world.directory(), 'gate');
  await agent.submit({ id: 'one', command: waitsFor(gate) });
  await until('the first', 30_000, () => manager.slotsHeld.at(-1) === 1);
  await agent.submit({ id: 'two', command: waitsFor(gate) });
  await until('the second', 30_000, () => manager.slotsHeld.at(-1) === 2);
  manager.resync();
  await connected(manager, 2);
  expect(manager.syncs[1]?.slotsHeld).toBe(2);
  // The next launcher takes them over, and says so before anything is given to it.
  await agent.program.end('SIGKILL');
  await agent.again();
  await connected(manager, 3);
  expect(manager.syncs[2]?.slotsHeld).toBe(2);
  writeFileSync(gate, '');
  await until('both to be free', 30_000, () => manager.slotsHeld.at(-1) === 0);
});

test('a job waits for them in the queue, where explain says so, and goes when they are free', async () => {
  const manager = await StartedManager.start(world);
  const agent = await startAgent(world, { flags: ['--slots', '1', '--manager-url', manager.url] });
  await until('the worker', 30_000, async () => (await manager.worker('agent-001'))?.state === 'idle');
  const gate = join(world.directory(), 'gate');
  await agent.submit({ id: 'own', command: waitsFor(gate) });
  await until('its slot to be shown', 30_000, async () => (await manager.worker('agent-001'))?.slots_held === 1);
  expect(await manager.worker('agent-001')).toMatchObject({ state: 'busy', why: "1 of the machine's own queue" });
  const reply = await fetch(`${manager.url}/api/jobs`, { method: 'POST', body: JSON.stringify({ command: 'true' }) });
  const { job_id: id, state } = (await reply.json()) as SubmitReply;
  expect(state).toBe('queued');
  const { summary } = await manager.get<JobExplanation>(`/api/jobs/${id}/explain`);
  expect(summary).toBe("no room on agent-001; 1 slot of agent-001 is held by the machine's own queue");
  writeFileSync(gate, '');
  await until('the job', 30_000, async () => (await manager.get<JobView>(`/api/jobs/${id}`)).state === 'completed');
  expect((await manager.worker('agent-001'))?.slots_held).toBe(0);
});
