/** A worker of SimpleTuner is busy until it has our answer about its last job: a next one that comes before is dropped in silence. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../harness/until';
import { managerHere, type ManagerHere } from './manager-here';

const DEADLINE_MS = 30_000;
/** Its answers are held apart from the next job by 100 ms; ours may be read late. */
const APART_MS = 50;
const ROUNDS = 5;

let manager: ManagerHere;
let templates: string;
beforeAll(async () => {
  templates = mkdtempSync(join(tmpdir(), 'procguard-templates-'));
  writeFileSync(join(templates, 'short.yaml'), 'command: echo trained\nconfig: {}\n');
  manager = await managerHere({ env: { PROCGUARD_JOBS_TEMPLATES_DIR: templates } });
});
afterAll(async () => {
  await manager.stop();
  rmSync(templates, { recursive: true });
});

test('the next job is sent after the answer about the last, however soon that followed its other words', async () => {
  const token = {
    'X-Worker-Token': (await manager.post('/api/admin/workers', { name: 'gpu-1' })).body.token as string,
  };
  const { body: worker } = await manager.post('/api/workers/register', { name: 'gpu-1', persistent: true }, token);
  const submitted: { readonly job: string; readonly atMs: number }[] = [];
  const closed = new AbortController();
  const stream = await fetch(manager.url + (worker.sse_url as string), { headers: token, signal: closed.signal });
  const heard = hear(stream, (job) => submitted.push({ job, atMs: performance.now() }));
  for (let i = 0; i <= ROUNDS; i += 1) await manager.post('/api/queue/submit', { config_name: 'short' });

  const apartMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { job } = await until('a job', DEADLINE_MS, () => submitted[round]);
    const say = (status: string) => manager.post(`/api/workers/job/${job}/status`, { status }, token);
    await say('running');
    await pause(60);
    expect((await say('completed')).status).toBe(200);
    const answeredAtMs = performance.now();
    const next = await until('the next job', DEADLINE_MS, () => submitted[round + 1]);
    apartMs.push(next.atMs - answeredAtMs);
  }
  closed.abort();
  await heard;

  apartMs.sort((a, b) => a - b);
  expect(apartMs[ROUNDS >> 1]).toBeGreaterThan(APART_MS);
});

/** @param submitted is told the job of each `job_submit` */
async function hear(stream: Response, submitted: (job: string) => void): Promise<void> {
  let text = '';
  try {
    for await (const piece of (stream.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
      const events = (text + piece).split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const job = /^event: job_submit\n[^]*"job_id":"([^"]+)"/.exec(event)?.[1];
        if (job !== undefined) submitted(job);
      }
    }
  } catch {
    // It was closed.
  }
}
