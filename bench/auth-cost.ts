/**
 * What it costs to be somebody: requests of a token and of a browser's session against the same of nobody, at a manager
 * that is open and at two with a user, in rounds that take turns.
 */
import { bundledProgram } from './bundled-program';
import type { Measure } from './measure';
import { Manager } from './procguard';
import type { Comparison } from './report';
import type { Rig } from './rig';
import { median } from './statistics';

const CONNECTIONS = 20;
const WORKERS = 20;
const USER = { username: 'bench', password: 'a password for a bench', grants: ['admin'] };

interface Request {
  readonly name: string;
  readonly line: string;
  readonly body: string;
  readonly count: number;
}
const REQUESTS: readonly Request[] = [
  {
    name: 'a heartbeat',
    line: 'POST /api/workers/plain-0/heartbeat',
    body: '{"status":"running","pid":4711,"restart_count":0}',
    count: 60_000,
  },
  { name: 'GET /api/workers', line: 'GET /api/workers', body: '', count: 6_000 },
  {
    name: 'a command',
    line: 'POST /api/workers/plain-0/command',
    body: '{"command":"start","wait":false}',
    count: 2_000,
  },
];

export const authCost: Measure = {
  name: 'auth-cost',
  title: 'requests a second with a login against without',
  async run(rig) {
    const open = await fleet(rig, 'open');
    // One for each, because a queue that is twice as long is no fair comparison.
    const forTokens = await fleet(rig, 'tokens');
    const { token } = (await forTokens.post('/api/tokens', { name: 'bench' })) as { token: string };
    await forTokens.post('/api/admin/users', USER);
    const forSessions = await fleet(rig, 'sessions');
    await forSessions.post('/api/admin/users', USER);
    const { cookie, csrf } = await loggedIn(forSessions.url);
    const comparisons: Comparison[] = [];
    for (const request of REQUESTS) {
      const nobody = await flooder(rig, open, request, {});
      const bearer = await flooder(rig, forTokens, request, { Authorization: `Bearer ${token}` });
      const session = await flooder(rig, forSessions, request, { Cookie: cookie, 'X-CSRF-Token': csrf });
      const rates: Record<'nobody' | 'bearer' | 'session', number[]> = { nobody: [], bearer: [], session: [] };
      for (let round = 0; round <= rig.rounds(9, 3); round++) {
        const taken = { nobody: await nobody(), bearer: await bearer(), session: await session() };
        // The first one warms up.
        if (round > 0) for (const who of ['nobody', 'bearer', 'session'] as const) rates[who].push(taken[who]);
      }
      comparisons.push(
        compare(`${request.name}, by token`, median(rates.bearer), median(rates.nobody)),
        compare(`${request.name}, by session`, median(rates.session), median(rates.nobody)),
      );
    }
    return {
      comparisons,
      notes: [`${WORKERS} plain workers; ${CONNECTIONS} connections, sixteen requests under way on each`],
    };
  },
};

async function fleet(rig: Rig, name: string): Promise<Manager> {
  const manager = await Manager.start(rig, [], {}, name);
  for (let number = 0; number < WORKERS; number++)
    await manager.post('/api/workers/register', { worker_id: `plain-${number}`, command: 'sleep infinity' });
  return manager;
}

async function loggedIn(url: string): Promise<{ readonly cookie: string; readonly csrf: string }> {
  const reply = await fetch(`${url}/api/session`, { method: 'POST', body: JSON.stringify(USER) });
  const { csrf } = (await reply.json()) as { csrf: string };
  return { cookie: reply.headers.get('set-cookie')?.split(';')[0] ?? '', csrf };
}

/** @returns one round, in requests a second */
async function flooder(
  rig: Rig,
  { url }: Manager,
  { line, body, count }: Request,
  headers: Readonly<Record<string, string>>,
): Promise<() => Promise<number>> {
  const script = bundledProgram(rig, 'request-flood');
  const words = [new URL(url).port, String(CONNECTIONS), String(WORKERS), line, body, JSON.stringify(headers)];
  const program = rig.start([process.execPath, script, ...words]);
  await program.line(/^ready$/);
  return async () => {
    const answer = program.line(/^done (\S+) (\d+)$/, 120_000);
    program.say(`beat ${rig.rounds(count, count / 3)}`);
    const [, ms = '', sent = ''] = await answer;
    return Number(sent) / (Number(ms) / 1000);
  };
}

const compare = (what: string, ours: number, reference: number): Comparison => ({
  target: 'auth',
  what,
  unit: '/s',
  ours: { name: 'known', value: ours },
  reference: { name: 'open', value: reference },
  bound: { kind: 'at least', ratio: 0.9 },
});
