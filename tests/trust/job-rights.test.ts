/** Whose jobs may go where, whose secrets stay whose, and who is written down for what was done. */
import { managerHere, type ManagerHere } from '../api/manager-here';
import { JobsHere } from '../api/jobs-here';
import { Asker, cookieOf, type Told } from './asker';

const PASSWORD = 'correct horse battery';
let manager: ManagerHere;
let alice: Asker;
let nils: Asker;
let olga: Asker;
beforeAll(async () => {
  manager = await managerHere();
  const launchers = [
    await JobsHere.launcher(manager, 'nlp-box', { slots: 0, labels: { team: 'nlp' } }),
    await JobsHere.launcher(manager, 'eye-box', { slots: 0, labels: { team: 'vision' } }),
  ];
  for (const launcher of launchers) launcher.close();
  const home = new Asker(manager, {});
  await home.post('/api/admin/users', { username: 'alice', password: PASSWORD, grants: ['admin'] });
  alice = await person('alice');
  for (const [username, grant] of [
    ['nils', 'operator on team=nlp'],
    ['olga', 'operator'],
  ])
    await alice.post('/api/admin/users', { username, password: PASSWORD, grants: [grant] });
  [nils, olga] = [await person('nils'), await person('olga')];
});
afterAll(() => manager.stop());

async function person(username: string): Promise<Asker> {
  const told = await new Asker(manager).post('/api/session', { username, password: PASSWORD });
  return new Asker(manager).bearer(cookieOf(told).split('=')[1] ?? '');
}
const submit = (who: Asker, body: object): Promise<Told> => who.post('/api/jobs', { command: 'x', ...body });

test('whoever is operator for some workers submits what can be placed nowhere else', async () => {
  const anywhere = await submit(nils, {});
  expect([anywhere.status, anywhere.body.code]).toEqual([403, 'forbidden']);
  expect(anywhere.body.error).toContain('The job may be placed on any worker: needs.labels says on which it may');
  expect((await submit(nils, { needs: { labels: { team: 'nlp' } } })).status).toBe(200);
  expect((await submit(nils, { needs: { worker: 'nlp-box' } })).status).toBe(200);
  expect((await submit(nils, { needs: { worker: 'eye-box' } })).status).toBe(403);
  // A glob may mean others too.
  expect((await submit(nils, { needs: { labels: { team: 'n*' } } })).status).toBe(403);
});

test('one that is not permitted in a list is none of them', async () => {
  const jobs = [{ id: 'mine', command: 'x', needs: { worker: 'nlp-box' } }, { command: 'x' }];
  expect((await nils.post('/api/jobs', { jobs })).status).toBe(403);
  expect((await olga.get('/api/jobs/mine')).status).toBe(404);
});

test('nor are jobs of other workers cancelled, tried again, approved or moved', async () => {
  await submit(olga, { id: 'eyes', needs: { worker: 'eye-box' }, hold: true });
  for (const [what, body] of [
    ['cancel', {}],
    ['retry', {}],
    ['approve', {}],
    ['priority', { priority: 1 }],
  ] as const)
    expect([what, (await nils.post(`/api/jobs/eyes/${what}`, body)).status]).toEqual([what, 403]);
  expect((await nils.post('/api/jobs/cancel', { ids: ['eyes'] })).body.results).toMatchObject([{ code: 'forbidden' }]);
  expect((await nils.ask('PUT', '/api/jobs/limits', { scope: 'all', max: 1 })).status).toBe(403);
  expect((await olga.get('/api/jobs/eyes')).body).toMatchObject({ state: 'waiting', owner: 'olga', priority: 5 });
});

test('another’s secret is not to be had by a copy of the job', async () => {
  await submit(olga, { id: 'secret', needs: { worker: 'nlp-box' }, env: { TOKEN: 'abc' } });
  const copy = { needs: { worker: 'nlp-box' }, env: { TOKEN: '********' }, like: 'secret' };
  expect((await submit(nils, copy)).status).toBe(403);
  expect((await submit(olga, copy)).status).toBe(200);
});

test('two people’s keys are two', async () => {
  const [first, second] = [await submit(olga, { key: 'k' }), await submit(alice, { key: 'k' })];
  expect(second.body.job_id).not.toBe(first.body.job_id);
  expect((await submit(olga, { key: 'k' })).body.job_id).toBe(first.body.job_id);
});

test('what was done is in the audit, with who did it', async () => {
  await submit(olga, { id: 'told' });
  await olga.post('/api/jobs/told/cancel', { why: 'no use' });
  const { entries } = (await alice.get('/api/audit?limit=50')).body;
  const ofJob = (entries as { event_type: string; target_id: string | null; actor_username: string | null }[]).filter(
    ({ target_id: id }) => id === 'told',
  );
  expect(ofJob.map(({ event_type: type, actor_username: name }) => [type, name])).toEqual([
    ['job.cancelled', 'olga'],
    ['job.submitted', 'olga'],
  ]);
});

describe('schedules', () => {
  const YEARLY = { cron: '0 0 1 1 *' };
  const there = { command: 'x', needs: { labels: { team: 'nlp' } }, env: { TOKEN: 'abc' } };

  test('are held to the rights that their jobs are held to', async () => {
    expect((await nils.post('/api/schedules', { name: 'any', ...YEARLY, job: { command: 'x' } })).status).toBe(403);
    expect((await nils.post('/api/schedules', { name: 'nlp', ...YEARLY, job: there })).status).toBe(200);
    await olga.post('/api/schedules', { name: 'eyes', ...YEARLY, job: { command: 'x', needs: { worker: 'eye-box' } } });
    for (const [method, path] of [
      ['POST', '/eyes/run'],
      ['POST', '/eyes/pause'],
      ['POST', '/eyes/resume'],
      ['DELETE', '/eyes'],
    ] as const)
      expect([path, (await nils.ask(method, `/api/schedules${path}`)).status]).toEqual([path, 403]);
    // Nor is one of other workers made one's own.
    expect((await nils.ask('PUT', '/api/schedules/eyes', { ...YEARLY, job: there })).status).toBe(403);
    expect((await nils.post('/api/schedules/nlp/run')).status).toBe(200);
    expect((await olga.get('/api/jobs?schedule=nlp')).body.jobs).toMatchObject([{ owner: 'nils' }]);
  });

  test('keep another’s secret from whoever changes what runs', async () => {
    await olga.post('/api/schedules', { name: 'secret', ...YEARLY, job: there });
    const printing = { ...YEARLY, job: { ...there, command: 'echo $TOKEN', env: { TOKEN: '********' } } };
    expect((await nils.ask('PUT', '/api/schedules/secret', printing)).status).toBe(403);
    expect((await olga.ask('PUT', '/api/schedules/secret', printing)).status).toBe(200);
  });

  test('and what was done to them is in the audit', async () => {
    for (const what of ['pause', 'resume', 'run']) await olga.post(`/api/schedules/secret/${what}`);
    await olga.ask('DELETE', '/api/schedules/secret');
    const { entries } = (await alice.get('/api/audit?target_type=schedule&target_id=secret')).body;
    expect(
      (entries as { event_type: string; actor_username: string; result: string }[])
        .reverse()
        .map(({ event_type: type, actor_username: name, result }) => [type, name, result]),
    ).toEqual([
      ['schedule.created', 'olga', 'ok'],
      ['schedule.changed', 'olga', 'ok'],
      ['schedule.paused', 'olga', 'ok'],
      ['schedule.resumed', 'olga', 'ok'],
      ['schedule.run', 'olga', 'ok'],
      ['schedule.removed', 'olga', 'ok'],
    ]);
  });
});
