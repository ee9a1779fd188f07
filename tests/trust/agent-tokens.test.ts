/** Whom a token of RemoteGPU's agents speaks for: the agent it was made for, or the first that comes with it. */
import { JobsHere } from '../api/jobs-here';
import { managerHere, type ManagerHere } from '../api/manager-here';
import { Asker, type Told } from './asker';

let manager: ManagerHere;
let home: Asker;
beforeAll(async () => {
  manager = await managerHere();
  home = new Asker(manager, {});
  (await JobsHere.launcher(manager, 'box', { slots: 0 })).close();
});
afterAll(() => manager.stop());

/** @param worker null = it is nobody's yet */
async function withToken(name: string, worker: string | null): Promise<Asker> {
  const { body } = await home.post('/api/admin/workers', { name, ...(worker === null ? {} : { worker_id: worker }) });
  return new Asker(manager).bearer((body as { token: string }).token);
}
const say = (who: Asker, what: string, agent: string, more: object = {}): Promise<Told> =>
  who.post(`/api/v1/agent/${what}`, { agent_id: agent, ...more });
const stateOf = async (job: string): Promise<string> =>
  ((await home.get(`/api/jobs/${job}`)).body as { state: string }).state;
const ownerOf = async (name: string): Promise<unknown> => {
  const { body } = await home.get('/api/admin/workers');
  return (body as { workers: { name: string; worker_id: string | null }[] }).workers.find((row) => row.name === name)
    ?.worker_id;
};

test('a token that is nobody’s yet gets no job of an agent or a launcher, and ends none', async () => {
  const owner = await withToken('owner', 'agent-a');
  const spare = await withToken('spare', null);
  expect((await say(owner, 'register', 'agent-a')).status).toBe(200);
  for (const id of ['first', 'second'])
    await home.post('/api/jobs', { id, command: 'x', needs: { worker: 'agent-a' } });
  const [task] = (await say(owner, 'tasks/claim', 'agent-a', { limit: 1 })).body.data.tasks;
  expect(task.id).toBe('first');
  for (const worker of ['agent-a', 'box']) {
    for (const word of ['register', 'heartbeat', 'tasks/claim']) {
      const { status, body } = await say(spare, word, worker);
      expect([word, status, body.message]).toEqual([word, 409, expect.stringContaining(worker)]);
    }
    for (const word of ['start', 'renew', 'lease/renew', 'progress', 'complete']) {
      const told = await say(spare, `tasks/first/${word}`, worker, { attempt_id: task.attempt_id, exit_code: 0 });
      expect([word, told.status, told.body.message]).toEqual([
        word,
        403,
        expect.stringContaining("this token is no agent's yet"),
      ]);
    }
  }
  expect([await stateOf('first'), await stateOf('second')]).toEqual(['assigned', 'queued']);
  expect(await ownerOf('spare')).not.toBe('agent-a');
  // The agent itself goes on.
  const told = await say(owner, 'tasks/first/complete', 'agent-a', { attempt_id: task.attempt_id, exit_code: 0 });
  expect(told.body.data.status).toBe('completed');
});

test.each(['register', 'heartbeat', 'tasks/claim'])(
  '%s makes such a token the agent’s that came with it',
  async (word) => {
    const name = `by-${word.replace('/', '-')}`;
    const token = await withToken(name, null);
    expect((await say(token, word, name)).status).toBe(200);
    expect(await ownerOf(name)).toBe(name);
    expect((await say(token, 'heartbeat', name)).status).toBe(200);
    expect((await say(token, word, 'agent-of-another')).status).toBe(403);
  },
);
