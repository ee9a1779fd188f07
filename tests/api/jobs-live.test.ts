/** Jobs on the feed of pages: counts for everybody who watches, rows for whoever looks at them, and never a flood. */
import { io, type Socket } from 'socket.io-client';
import type { Delta, JobsTick, Snapshot } from '../../protocol/live';
import { until } from '../harness/until';
import { JobsHere } from './jobs-here';

let here: JobsHere;
let page: Socket;
let ticks: JobsTick[];
let deltas: Delta[];
beforeEach(async () => {
  here = await JobsHere.open({ slots: 1 });
  page = io(here.manager.url, { transports: ['websocket'], forceNew: true });
  ticks = [];
  deltas = [];
  page.on('jobs', (tick: JobsTick) => ticks.push(tick));
  page.on('delta', (delta: Delta) => deltas.push(delta));
});
afterEach(async () => {
  page.disconnect();
  await here.close();
});

const NOWHERE = { labels: { team: 'none' } };
const watch = (): Promise<Snapshot> => page.emitWithAck('watch') as Promise<Snapshot>;
const look = (...ids: string[]): Promise<JobsTick> =>
  page.emitWithAck('jobs.look', { job_ids: ids }) as Promise<JobsTick>;
const told = <T>(what: string, find: () => T | undefined): Promise<T> => until(what, 30_000, () => find() ?? null);

test('whoever watches hears how many jobs are in each state, and how busy a worker is', async () => {
  const { jobs, workers } = await watch();
  expect(jobs).toMatchObject({ queued: 0, running: 0 });
  expect(workers[0]).toMatchObject({ slots: 1, jobs: [], state: 'idle' });
  const id = await here.submit({ command: 'x' });
  const attempt = await here.begun(id);
  const tick = await told('a running job', () => ticks.find(({ counts }) => counts.running === 1));
  expect(tick).toMatchObject({ newest: 1, rows: [], gone: [] });
  const busy = await told('a busy worker', () =>
    deltas.flatMap(({ workers: rows }) => rows).find(({ jobs: [job] }) => job?.state === 'running'),
  );
  expect(busy).toMatchObject({ state: 'busy', jobs: [{ job_id: id, attempt_id: attempt }] });
  await here.ended(id);
  await told('its end', () => ticks.find(({ counts }) => counts.completed === 1));
});

test('rows come to whoever looks at them, and only those', async () => {
  await watch();
  const [seen, other] = [await here.submit({ command: 'x', needs: NOWHERE }), await here.submit({ command: 'y' })];
  expect(await look(seen, 'nobody')).toMatchObject({ rows: [{ job_id: seen, state: 'queued' }], gone: ['nobody'] });
  ticks.length = 0;
  await here.begun(other);
  await here.manager.post(`/api/jobs/${seen}/priority`, { priority: 2 });
  const row = await told('its new priority', () =>
    ticks.flatMap(({ rows }) => rows).find(({ priority }) => priority === 2),
  );
  expect(row.job_id).toBe(seen);
  await here.ended(other);
  await told('the end of the other', () => ticks.find(({ counts }) => counts.completed === 1));
  expect(new Set(ticks.flatMap(({ rows }) => rows.map(({ job_id: id }) => id)))).toEqual(new Set([seen]));
});

test('a thousand jobs one after the other are a few ticks', async () => {
  await watch();
  const beganAt = performance.now();
  for (let at = 0; at < 10; at++)
    await Promise.all(Array.from({ length: 100 }, () => here.submit({ command: 'x', needs: NOWHERE })));
  await told('all of them', () => ticks.find(({ counts }) => counts.queued === 1000));
  // Four a second at most, and one more at the beginning.
  expect(ticks.length).toBeLessThanOrEqual((performance.now() - beganAt) / 250 + 1);
});

test('what is no list of ids is refused in words', async () => {
  expect(await page.emitWithAck('jobs.look', { job_ids: 'all' })).toEqual({
    error: expect.stringContaining('needs job_ids') as string,
  });
});
