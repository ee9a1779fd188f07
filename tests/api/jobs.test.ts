/** /api/jobs from outside, with a real manager and a launcher that does what the test says: what is submitted, shown and refused. */
import { LIMITS } from '../../protocol/limits';
import type { JobRow } from '../../protocol/job-views';
import { JobsHere } from './jobs-here';

let here: JobsHere;
beforeAll(async () => (here = await JobsHere.open({ labels: { team: 'nlp' }, slots: 2 })));
afterAll(() => here.close());

/** No worker has this label, so that it stays queued. */
const NOWHERE = { labels: { team: 'none' } };
const list = async (query: string): Promise<{ jobs: JobRow[]; next: number | null }> =>
  (await here.manager.get(`/api/jobs?${query}`)).body as { jobs: JobRow[]; next: number | null };
const namesOf = ({ jobs }: { jobs: JobRow[] }): string[] => jobs.map(({ name }) => name);

test('a job that finds room is given at once, and shown with its attempt', async () => {
  const { body } = await here.ask({ command: 'echo hi', env: { API_KEY: 'x' }, timeouts: { run: '2h' } });
  expect(body).toMatchObject({ success: true, state: 'assigned', place: null, array_id: null, warnings: [] });
  const { job_id: id } = body as { job_id: string };
  const word = await here.given(id);
  expect(word.runMs).toBe(2 * 3_600_000);
  expect(word.spec.env).toMatchObject({ API_KEY: 'x' });
  expect(await here.job(id)).toMatchObject({
    job_id: id,
    name: 'echo',
    worker_id: 'w1',
    owner: 'operator',
    why: 'given to w1, not begun yet',
    spec: { command: 'echo hi', env: { API_KEY: '********' }, timeouts: { run: '2h' } },
    tries: [{ worker_id: 'w1', state: 'assigned', outcome: null, log: null }],
  });
  await here.begun(id);
  expect((await list('state=running')).jobs.map(({ job_id: one }) => one)).toEqual([id]);
  expect(await here.job(id)).toMatchObject({ state: 'running', why: 'runs on w1', tries: [{ isolation: ['cgroup'] }] });
  await here.ended(id, 3);
  expect(await here.job(id)).toMatchObject({
    state: 'failed',
    why: 'exit code 3',
    exit_code: 3,
    tries: [{ state: 'ended', outcome: 'failed', exit_code: 3, lease_until_ms: null }],
  });
});

test('what was written is read again as it was shown, units and all', async () => {
  const written = {
    name: 'train',
    command: ['python', 'train.py'],
    needs: { ...NOWHERE, gpus: { count: 2, type: 'a100*', memory: '20G' }, cpus: 2, memory: '4G', nodes: 2 },
    priority: 2,
    retries: { max: 3, delay: '10s', not_on: [2] },
    timeouts: { queue: '1d', grace: '5s' },
    labels: { sweep: 'a' },
    queue: 'night',
    trust: '1h',
    limits: { memory: '2G', cpu: 1.5 },
  };
  const shown = (await here.job(await here.submit(written))).spec;
  expect(shown).toEqual({ ...written, timeouts: { queue: '24h', grace: '5s' } });
  expect((await here.job(await here.submit(shown))).spec).toEqual(shown);
});

test('the program and its arguments apart', async () => {
  const { spec } = await here.job(await here.submit({ command: 'train', args: ['--lr', '1'], needs: NOWHERE }));
  expect(spec).toMatchObject({ command: ['train', '--lr', '1'] });
});

test('a job that no known worker can ever run is taken, with the reason at once', async () => {
  const { body } = await here.ask({ command: 'x', needs: NOWHERE });
  expect(body).toMatchObject({ state: 'queued' });
  expect((body as { warnings: string[] }).warnings).toEqual([
    expect.stringContaining('w1: its label team is nlp, not none'),
  ]);
  const { body: fits } = await here.ask({ command: 'x', needs: { labels: { team: 'n*' } }, hold: true });
  expect(fits).toMatchObject({ state: 'waiting', warnings: [] });
});

test('many at once, all or none', async () => {
  const jobs = ['a', 'b', 'c'].map((id) => ({ id: `many-${id}`, command: 'x', needs: NOWHERE }));
  const { body } = await here.ask({ jobs });
  expect(body.jobs.map(({ job_id }: { job_id: string }) => job_id)).toEqual(['many-a', 'many-b', 'many-c']);
  const refused = await here.ask({
    jobs: [
      { id: 'fresh', command: 'x' },
      { command: 'x', after: ['nobody'] },
    ],
  });
  expect(refused.status).toBe(404);
  expect((await here.manager.get('/api/jobs/fresh')).status).toBe(404);
});

test('an array is one job for each index, so many at once', async () => {
  const { body } = await here.ask({
    id: 'arr',
    command: 'echo $PROCGUARD_ARRAY_INDEX',
    array: '1-5%2',
    needs: NOWHERE,
  });
  expect(body).toMatchObject({ array_id: 'arr', job_id: 'arr.1' });
  expect(body.jobs).toHaveLength(5);
  expect(namesOf(await list('array=arr'))).toHaveLength(5);
  expect((await here.job('arr.4')).array).toEqual({ id: 'arr', index: 4 });
});

test('an array is waited for as all of its jobs, and asked for alone it says what it is', async () => {
  await here.ask({ id: 'parts', command: 'x', array: '1-3', needs: NOWHERE });
  const id = await here.submit({ id: 'whole', command: 'x', after: ['parts.2', 'parts'] });
  const { after, why } = await here.job(id);
  expect(after.map(({ job_id: other }) => other)).toEqual(['parts.2', 'parts.1', 'parts.3']);
  expect(why).toBe('waits for parts.2, parts.1, parts.3');
  // The same wish again is the same job.
  expect(await here.submit({ id: 'whole', command: 'x', after: ['parts.2', 'parts'] })).toBe('whole');
  for (const path of ['', '/explain', '/logs'])
    expect(await here.manager.get(`/api/jobs/parts${path}`)).toMatchObject({
      status: 404,
      body: {
        code: 'unknown_job',
        error: expect.stringMatching(/^parts is no job but an array of 3 jobs; .*parts\.1$/),
      },
    });
  await here.manager.post('/api/jobs/cancel', { filter: { array: 'parts' } });
  expect(await here.job(id)).toMatchObject({ state: 'failed', why: expect.stringContaining('parts.') });
});

test('a sweep is every combination, in the environment and in the command', async () => {
  const { body } = await here.ask({
    id: 'swp',
    command: 'train --lr {lr} --seed {seed}',
    sweep: { lr: ['1e-3', '1e-4'], seed: [1, 2] },
    needs: NOWHERE,
  });
  expect(body.jobs).toHaveLength(4);
  expect((await here.job('swp.2')).spec).toMatchObject({
    command: 'train --lr 1e-4 --seed 1',
    env: { lr: '1e-4', seed: '1' },
  });
});

test('priorities of other scales are taken as they are', async () => {
  const id = await here.submit({ command: 'x', needs: NOWHERE, priority: -4.5 });
  expect((await here.job(id)).priority).toBe(-4.5);
});

test('the same key is the same submission', async () => {
  const headers = { 'idempotency-key': 'once' };
  const first = (await here.ask({ command: 'x', needs: NOWHERE, array: '1-3' }, headers)).body;
  const again = (await here.ask({ command: 'x', needs: NOWHERE, array: '1-3' }, headers)).body;
  expect(again).toMatchObject({ job_id: first.job_id, array_id: first.array_id });
  expect(again.jobs.map(({ job_id: id, is_new: isNew }: { job_id: string; is_new: boolean }) => [id, isNew])).toEqual(
    first.jobs.map(({ job_id: id }: { job_id: string }) => [id, false]),
  );
  expect((await here.job(first.job_id as string)).key).toBe('once');
});

test('what was shown as the mask keeps the value of the job that it was shown of', async () => {
  const first = await here.submit({ command: 'x', env: { TOKEN: 'abc', LR: '1' } });
  const { spec } = await here.job(first);
  await here.ended(first);
  const copy = await here.submit({ ...spec, like: first });
  expect((await here.given(copy)).spec.env).toMatchObject({ TOKEN: 'abc', LR: '1' });
  await here.ended(copy);
  const { status, text } = await here.ask(spec);
  expect(status).toBe(400);
  expect(text).toMatch(/TOKEN is \*{8}.*give its value/);
});

test.each([
  [{ command: 'x', needs: { gpuz: 1 } }, 'needs.gpuz is not known here'],
  [{ command: 'x', timeouts: { run: 'soon' } }, 'timeouts.run'],
  [{ command: '' }, 'command is empty'],
  [{}, 'command is missing'],
  [{ jobs: [{ command: 'x' }, { command: 'x', priority: 'high' }] }, 'jobs.1.priority must be a number'],
  [{ command: 'x', array: '3-1' }, 'array: 3-1 holds no index'],
  [{ command: 'x', array: '1-2', sweep: { a: [1] } }, 'array and sweep are two ways'],
  [{ command: 'x', not_before: 'later' }, 'not_before'],
  [{ command: 'x', progress: '(' }, 'progress'],
  [{ command: 'x', id: 'stats' }, 'id'],
  [{ command: 'x', id: 'a b' }, 'id'],
  [
    { command: 'x', sweep: { a: Array.from({ length: 101 }, Number), b: Array.from({ length: 100 }, Number) } },
    'sweep',
  ],
  [{ command: 'x', priority: 21 }, 'priority must be at most 20, not 21'],
  [{ jobs: [] }, 'jobs must have at least 1 entries'],
  [
    { command: 'echo "{msg}"', sweep: { msg: ['plain', 'a; rm x'] } },
    'sweep: {msg} stands between quotes in its command',
  ],
  // What no launcher could read.
  [{ command: 'x', secrets: ['A=B'] }, 'a variable name has no = and no NUL'],
  [{ command: 'x', sweep: { 'a=b': [1] } }, 'a variable name has no = and no NUL'],
  [
    { command: `echo ${'{x}'.repeat(1000)}`, sweep: { x: ['v'.repeat(200)] } },
    'sweep: with its values command is wrong',
  ],
])('%j is refused by the name of the field', async (body, words) => {
  const { status, text } = await here.ask(body);
  expect(status).toBe(400);
  expect((JSON.parse(text) as { error: string }).error).toContain(words);
});

test('more than one submission may hold', async () => {
  const { status, text } = await here.ask({
    jobs: Array.from({ length: LIMITS.jobsPerSubmitMax + 1 }, () => ({ command: 'x' })),
  });
  expect(status).toBe(400);
  expect(text).toContain(`at most ${LIMITS.jobsPerSubmitMax} entries`);
});

// Two hundred million jobs are in it: whoever made them all first would not come to an answer.
test('more than one submission may hold, of few arrays', async () => {
  const { status, text } = await here.ask({
    jobs: Array.from({ length: LIMITS.jobsPerSubmitMax }, () => ({ command: 'x', array: '1-10000' })),
  });
  expect(status).toBe(400);
  expect(text).toContain(`more than ${LIMITS.jobsPerSubmitMax} jobs`);
});

describe('lists', () => {
  beforeAll(async () => {
    for (const at of [1, 2, 3, 4, 5])
      await here.submit({
        name: `list-${at}`,
        command: `prog ${at}`,
        needs: NOWHERE,
        queue: at % 2 === 0 ? 'even' : 'odd',
        labels: { at: String(at) },
      });
    await here.manager.post('/api/jobs/cancel', { filter: { name: 'list-3' } });
  });

  test('newest first, page by page', async () => {
    const first = await list('name=list-*&limit=2');
    expect(namesOf(first)).toEqual(['list-5', 'list-4']);
    const second = await list(`name=list-*&limit=2&after=${first.next}`);
    expect(namesOf(second)).toEqual(['list-3', 'list-2']);
    const third = await list(`name=list-*&limit=2&after=${second.next}`);
    expect(namesOf(third)).toEqual(['list-1']);
    expect(third.next).toBeNull();
  });

  test.each([
    ['queue=even', ['list-4', 'list-2']],
    ['state=cancelled', ['list-3']],
    ['state=live', ['list-5', 'list-4', 'list-2', 'list-1']],
    ['state=over,queued&queue=odd', ['list-5', 'list-3', 'list-1']],
    ['label=at=5', ['list-5']],
    ['label=at=*', ['list-5', 'list-4', 'list-3', 'list-2', 'list-1']],
    ['q=PROG%202', ['list-2']],
    [`q=${encodeURIComponent('prog .')}`, []],
    ['state=active', []],
    ['owner=nobody', []],
    ['worker=w1', []],
  ])('%s', async (query, names) => {
    expect(namesOf(await list(`name=list-*&${query}`))).toEqual(names);
  });

  test('one without a name is found, and cancelled, by the name that it is shown with', async () => {
    const commands = [
      '  unnamed-prog --fast; true',
      ['unnamed-prog', 'a b'],
      ['/opt/two words', '-x'],
      'other unnamed-prog',
    ];
    for (const command of commands) await here.submit({ command, needs: NOWHERE, queue: 'unnamed' });
    const all = await list('queue=unnamed');
    expect(namesOf(all)).toEqual(['other', "'/opt/two", 'unnamed-prog', 'unnamed-prog']);
    for (const name of new Set(namesOf(all)))
      expect(namesOf(await list(`queue=unnamed&name=${encodeURIComponent(name)}`))).toEqual(
        namesOf(all).filter((other) => other === name),
      );
    const filter = { name: 'unnamed-*', queue: 'unnamed' };
    expect((await here.manager.post('/api/jobs/cancel', { filter })).body).toMatchObject({ matched: 2 });
    expect(namesOf(await list('queue=unnamed&state=live'))).toEqual(['other', "'/opt/two"]);
  });

  test.each(['done', 'constructor', '__proto__'])(
    'a state that is none (%s) is refused with those that are',
    async (state) => {
      const { status, text } = await here.manager.get(`/api/jobs?state=${state}`);
      expect(status).toBe(400);
      expect(text).toMatch(/known: .*waiting, queued/);
    },
  );

  test('figures of the queue', async () => {
    const { body } = await here.manager.get('/api/jobs/stats');
    expect(body).toMatchObject({ queues: { even: 2, odd: 2 }, slots: { total: 2, taken: 0 } });
    expect(body.counts.cancelled).toBeGreaterThan(0);
    expect(body.run.count).toBeGreaterThan(0);
    expect(body.run.p50_ms).toBeGreaterThanOrEqual(0);
  });
});

test('a job that waits says for what, and explain says it too', async () => {
  const first = await here.submit({ command: 'x', needs: NOWHERE });
  const second = await here.submit({ command: 'x', after: first });
  expect(await here.job(second)).toMatchObject({
    state: 'waiting',
    why: `waits for ${first}`,
    after: [{ job_id: first, state: 'queued' }],
  });
  expect((await here.job(first)).dependents).toEqual([{ job_id: second, state: 'waiting' }]);
  const { body } = await here.manager.get(`/api/jobs/${second}/explain`);
  expect(body).toMatchObject({ job_id: second, reasons: [{ code: 'dependencies', about: [first] }] });
});

test('words of the language are names like others', async () => {
  const names = { queue: '__proto__', labels: { constructor: 'x' }, name: 'toString' };
  const id = await here.submit({ ...names, command: 'x', needs: NOWHERE, sweep: { __proto__: [1], valueOf: [2] } });
  expect(namesOf(await list('queue=__proto__&label=constructor=x'))).toEqual(['toString']);
  expect(Object.keys((await here.manager.get('/api/jobs/stats')).body.queues as object)).toContain('__proto__');
  await here.manager.post('/api/jobs/cancel', { ids: [id] });
});

test('a job that nobody knows', async () => {
  const { status, body } = await here.manager.get('/api/jobs/nobody');
  expect([status, (body as { code: string }).code]).toEqual([404, 'unknown_job']);
});

test('a worker is busy by its jobs, and shows them', async () => {
  const id = await here.submit({ name: 'look', command: 'x' });
  const attempt = await here.begun(id);
  const { workers } = (await here.manager.get('/api/nodes')).body;
  expect(workers[0]).toMatchObject({
    state: 'busy',
    why: '1 job',
    slots: 2,
    jobs: [{ job_id: id, attempt_id: attempt, name: 'look', state: 'running', gpus: [] }],
  });
  await here.ended(id);
});
