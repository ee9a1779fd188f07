/** A job's output as the API gives it. */
import type { AttemptId } from '../../protocol/jobs';
import { OUTPUT_PATH, type LauncherFact } from '../../protocol/link';
import { attemptEnded, RUN } from '../harness/launcher-words';
import { JobsHere } from './jobs-here';
import type { ScriptedLauncher } from './scripted-launcher';

let here: JobsHere;
beforeEach(async () => (here = await JobsHere.open({ slots: 1 })));
afterEach(() => here.close());

/** A job that has ended, with this output. @returns its attempt */
async function endedWith(job: string, output: Buffer): Promise<string> {
  const attempt = await here.begun(job);
  const query = new URLSearchParams({ worker: 'w1', process: `job.${attempt}`, run: RUN, offset: '0' });
  const shipped = await fetch(`${here.manager.url}${OUTPUT_PATH}?${query}`, { method: 'POST', body: output });
  expect(await shipped.json()).toMatchObject({ offset: output.length });
  await here.ended(job, 0, output.length);
  return attempt;
}
const bytesOf = async (path: string): Promise<Buffer> =>
  Buffer.from(await (await fetch(here.manager.url + path)).arrayBuffer());

test('the whole output is sent as it was written, however many lines it has', async () => {
  const id = await here.submit({ command: 'true' });
  // More lines than an answer in lines holds, bytes that are no text, and no line feed at the end.
  const output = Buffer.concat([Buffer.from(`first\n${'x\n'.repeat(1_000_000)}`), Buffer.from([0xff, 0x0d, 0x41])]);
  const attempt = await endedWith(id, output);
  expect((await bytesOf(`/api/jobs/${id}/logs?format=text&limit=0`)).equals(output)).toBe(true);
  const named = await bytesOf(`/api/jobs/${id}/logs?format=text&limit=0&attempt=${attempt}`);
  expect(named.equals(output)).toBe(true);
  // What is narrowed is lines.
  expect((await bytesOf(`/api/jobs/${id}/logs?format=text&limit=0&grep=first`)).toString()).toBe('first\n');
});

test('the newest lines are sent as they were written', async () => {
  const id = await here.submit({ command: 'true' });
  // A line that is longer than what is read of one at once, bytes that are no text, and no line feed at the end.
  const long = Buffer.alloc(9_000_000, 'x');
  const end = [Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from('a\r\n'), Buffer.from([0xc3])];
  await endedWith(id, Buffer.concat([Buffer.from('first\n'), long, Buffer.from('\n'), ...end]));
  const newest = (limit: number) => bytesOf(`/api/jobs/${id}/logs?format=text&limit=${limit}`);
  expect(await newest(3)).toEqual(Buffer.concat(end));
  expect(await newest(1)).toEqual(end[2]);
  // Its pieces count as lines, and nothing stands between them.
  const all = Buffer.concat([Buffer.from('first\n'), long, Buffer.from('\n'), ...end]);
  expect((await newest(200)).equals(all)).toBe(true);
  expect((await bytesOf(`/api/jobs/${id}/logs?format=text&limit=0&since=1d`)).equals(all)).toBe(true);
});

test('to follow an attempt that is not there is refused as to read it is', async () => {
  const id = await here.submit({ command: 'true', hold: true });
  for (const query of ['attempt=nobody.1', 'attempt=nobody.1&format=text&follow=1'])
    expect(await here.manager.get(`/api/jobs/${id}/logs?${query}`)).toMatchObject({
      status: 404,
      body: { code: 'unknown_run', error: expect.stringContaining('not tried yet') },
    });
});

describe('of a job on two nodes', () => {
  let second: ScriptedLauncher;
  let gang: string;
  let attempts: AttemptId[];
  beforeEach(async () => {
    second = await JobsHere.launcher(here.manager, 'w2', { slots: 1 });
    gang = await here.submit({ command: 'true', needs: { nodes: 2 } });
    const { tries } = await here.job(gang);
    attempts = tries.map(({ attempt_id: id }) => id as AttemptId);
    const isGiven = ({ jobs }: ScriptedLauncher): boolean =>
      jobs.some((word) => word.kind === 'run' && word.job === gang);
    for (const launcher of [here.launcher, second]) await launcher.until(() => isGiven(launcher));
    // Node 1 first: the order of their beginnings says nothing.
    for (const node of [1, 0]) {
      await tellOf(node, {
        kind: 'attempt.started',
        attempt: attemptOf(node),
        run: RUN,
        pid: 7,
        isolation: [],
        unenforced: [],
      });
      const query = new URLSearchParams({
        worker: launcherOf(node).id,
        process: `job.${attemptOf(node)}`,
        run: RUN,
        offset: '0',
      });
      await fetch(`${here.manager.url}${OUTPUT_PATH}?${query}`, { method: 'POST', body: `node ${node}\n` });
    }
  });
  afterEach(() => second.close());

  const attemptOf = (node: number): AttemptId => attempts[node] as AttemptId;
  const launcherOf = (node: number): ScriptedLauncher =>
    [here.launcher, second].find(({ jobs }) =>
      jobs.some((word) => word.kind === 'run' && word.attempt === attemptOf(node)),
    ) as ScriptedLauncher;
  async function tellOf(node: number, fact: LauncherFact): Promise<void> {
    const launcher = launcherOf(node);
    const seq = launcher.tell(fact);
    await launcher.until(() => launcher.acked >= seq);
  }
  const ends = (node: number, code: number | null): Promise<void> =>
    tellOf(node, attemptEnded(attemptOf(node), code, 7));
  const shown = async (): Promise<string> => (await bytesOf(`/api/jobs/${gang}/logs?format=text&limit=0`)).toString();
  const followed = async (): Promise<string> =>
    (await bytesOf(`/api/jobs/${gang}/logs?format=text&limit=0&follow=1`)).toString();

  test.each([0, 1])('node %i that failed is shown, and the one that was stopped for it by its name', async (failed) => {
    expect(await shown()).toBe('node 0\n');
    await ends(failed, 9);
    await ends(1 - failed, null);
    expect(await here.job(gang)).toMatchObject({ state: 'failed', logs_attempt_id: attemptOf(failed) });
    expect(await shown()).toBe(`node ${failed}\n`);
    expect(await followed()).toBe(`node ${failed}\n`);
    const other = await bytesOf(`/api/jobs/${gang}/logs?format=text&limit=0&attempt=${attemptOf(1 - failed)}`);
    expect(other.toString()).toBe(`node ${1 - failed}\n`);
  });

  test('node 0 is shown where all is well, and followed from the beginning', async () => {
    const following = followed();
    await ends(1, 0);
    await ends(0, 0);
    expect(await following).toBe('node 0\n');
    expect(await here.job(gang)).toMatchObject({ state: 'completed', logs_attempt_id: attemptOf(0) });
    expect(await shown()).toBe('node 0\n');
  });
});

test('SimpleTuner’s stream tells what never ends its line, and nothing that a program writes is an event of its own', async () => {
  const id = await here.submit({ command: 'true' });
  const forged = 'a\r\rdata: forged\r\revent: done\rdata: completed\r\n';
  await endedWith(id, Buffer.from(`${forged}${'.'.repeat(1_000_000)}`));
  const events = (await bytesOf(`/api/cloud/jobs/${id}/logs/stream`)).toString().split('\n\n');
  expect(events[0]).toBe(
    ['a', '', 'data: forged', '', 'event: done', 'data: completed'].map((line) => `data: ${line}`).join('\n'),
  );
  expect(events.slice(-2)).toEqual(['event: done\ndata: completed', '']);
  const pieces = events.slice(1, -2);
  expect(pieces.map((event) => event.slice('data: '.length)).join('')).toBe('.'.repeat(1_000_000));
  expect(pieces.length).toBeGreaterThan(1);
});
