/** Who follows a job's output, or waits for its end, does so for as long as it is permitted. */
import { OUTPUT_PATH } from '../../protocol/link';
import { RUN } from '../harness/launcher-words';
import { JobsHere } from '../api/jobs-here';
import { managerHere } from '../api/manager-here';
import { Asker, cookieOf } from './asker';

const PASSWORD = 'correct horse battery';
let here: JobsHere;
beforeEach(async () => {
  const manager = await managerHere();
  here = new JobsHere(manager, await JobsHere.launcher(manager, 'w1', { slots: 1 }));
});
afterEach(() => here.close());

/** Created by whoever is given; nobody = by the first, who is at home. */
async function person(username: string, grant: string, by = new Asker(here.manager, {})): Promise<Asker> {
  await by.post('/api/admin/users', { username, password: PASSWORD, grants: [grant] });
  const told = await new Asker(here.manager).post('/api/session', { username, password: PASSWORD });
  return new Asker(here.manager).bearer(cookieOf(told).split('=')[1] ?? '');
}
async function write(attempt: string, offset: number, text: string): Promise<void> {
  const query = new URLSearchParams({ worker: 'w1', process: `job.${attempt}`, run: RUN, offset: String(offset) });
  const shipped = await fetch(`${here.manager.url}${OUTPUT_PATH}?${query}`, { method: 'POST', body: text });
  expect(shipped.status).toBe(200);
}

/** An answer that goes on, once its first piece is here. */
class Followed {
  private constructor(
    private readonly pieces: AsyncIterator<Uint8Array>,
    private readonly first: string,
  ) {}
  static async open(who: Asker, path: string): Promise<Followed> {
    const { body } = await fetch(here.manager.url + path, { headers: who.headers });
    if (body === null) throw new Error(`${path} was answered with nothing`);
    const pieces = (body as unknown as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    const { value } = (await pieces.next()) as { value: Uint8Array };
    return new Followed(pieces, Buffer.from(value).toString());
  }
  async toItsEnd(): Promise<string> {
    const pieces = this.pieces;
    let text = this.first;
    for await (const piece of { [Symbol.asyncIterator]: () => pieces }) text += Buffer.from(piece).toString();
    return text;
  }
}

test('what is followed or waited for ends with the right to it, and others go on', async () => {
  const alice = await person('alice', 'admin');
  const vera = await person('vera', 'viewer', alice);
  for (const [id, more] of Object.entries({ runs: {}, held: { hold: true } }))
    expect((await alice.post('/api/jobs', { id, command: 'x', ...more })).status).toBe(200);
  const attempt = await here.begun('runs');
  await write(attempt, 0, 'before\n');
  const text = '/api/jobs/runs/logs?format=text&follow=1';
  const stream = '/api/cloud/jobs/runs/logs/stream';
  const [hers, events, others] = [
    await Followed.open(vera, text),
    await Followed.open(vera, stream),
    await Followed.open(alice, text),
  ];
  const waits = ['/api/jobs/held/wait?timeout=600', '/api/jobs/held/logs?format=text&follow=1'].map((path) =>
    vera.get(path),
  );
  // By now they wait; one that came later would be refused all the same.
  const queued = await vera.get('/api/jobs/held');
  expect(queued.status).toBe(200);
  expect((await alice.ask('PATCH', '/api/admin/users/vera', { disabled: true })).status).toBe(200);
  await write(attempt, 'before\n'.length, 'after\n');
  await here.ended('runs', 0, 'before\nafter\n'.length);
  await alice.post('/api/jobs/held/cancel');
  expect(await hers.toItsEnd()).toBe('before\n');
  expect(await events.toItsEnd()).toBe('data: before\n\n');
  expect(await others.toItsEnd()).toBe('before\nafter\n');
  for (const { status, body } of await Promise.all(waits)) expect([status, body.code]).toEqual([401, 'login_required']);
});
