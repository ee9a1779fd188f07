/** What is asked of each entry so that nothing but the right to it stands in the way; and how the answer is to be read. */
import { io, type Socket } from 'socket.io-client';
import { OUTPUT_PATH } from '../../protocol/link';
import type { Entry } from '../../src/faces/entry';
import { ScriptedLauncher } from '../api/scripted-launcher';
import { RUN } from '../harness/launcher-words';
import type { Asker } from './asker';

/** `yes`: it is done, or refused for another reason than who asks. */
export type Verdict = 'yes' | 'no' | 'login';

/** The bodies without which a request does not come as far as the worker that it means. */
const bodies = (worker: string): Readonly<Record<string, unknown>> => ({
  'POST /api/session': { username: 'nobody', password: 'x' },
  'POST /api/session/password': { current: 'x', password: 'another password' },
  'DELETE /api/session/totp': { code: '000000' },
  'POST /api/setup': { token: 'setup_x', username: 'mallory', password: 'a long password' },
  'POST /api/admin/users': { username: 'alice', password: 'a long password' },
  'POST /api/tokens': { name: 'try', expires: '1h' },
  'POST /api/admin/workers': { name: 'try' },
  'POST /api/workers/:id/command': { command: 'stop', wait: false },
  'POST /api/workers/:id/disable': { reason: 'try', wait: false },
  'POST /api/workers/:id/processes': { name: 'extra', command: 'x', wait: false },
  'POST /api/workers/:id/logs': { message: 'x' },
  'POST /api/plan': document(worker),
  'POST /api/apply': document(worker),
  'POST /api/rollback': { name: `${worker}/given`, wait: false },
  'POST /api/batch': { command: 'stop', selector: `${worker}/${worker}`, wait: false },
  'POST /api/v1/agent/register': { agent_id: worker },
  'POST /api/v1/agent/heartbeat': { agent_id: worker },
  'POST /api/v1/agent/tasks/claim': { agent_id: worker },
  'POST /api/v1/agent/tasks/:id/start': { agent_id: worker, attempt_id: 'a' },
  'POST /api/v1/agent/tasks/:id/renew': { agent_id: worker, attempt_id: 'a' },
  'POST /api/v1/agent/tasks/:id/lease/renew': { agent_id: worker, attempt_id: 'a' },
  'POST /api/v1/agent/tasks/:id/progress': { agent_id: worker, attempt_id: 'a' },
  'POST /api/v1/agent/tasks/:id/complete': { agent_id: worker, attempt_id: 'a' },
  'POST /api/workers/heartbeat': { worker_id: worker },
  'POST /api/workers/disconnect': { worker_id: worker },
  'POST /api/workers/job/:id/status': { status: 'starting' },
  'POST /api/queue/submit': { config_name: 'none' },
  'POST /api/queue/:id/priority': { priority: 10 },
  'POST /api/jobs': { command: 'x', needs: { worker } },
  'POST /api/jobs/cancel': { ids: [worker] },
  'POST /api/jobs/retry': { ids: [worker] },
  'POST /api/jobs/:id/priority': { priority: 7 },
  'PUT /api/jobs/limits': { scope: 'user:nobody', max: 1 },
  'POST /api/schedules': { name: worker, ...schedule(worker) },
  'PUT /api/schedules/:name': schedule(worker),
  'POST /api/logs/search': { selector: `${worker}/${worker}`, q: 'x' },
});
const document = (worker: string): unknown => ({
  set: `set-of-${worker}`,
  processes: [{ name: 'given', worker, command: 'x' }],
});
export const schedule = (worker: string): object => ({
  cron: '0 0 1 1 *',
  job: { command: 'x', needs: { worker }, hold: true },
});
const WAITS = /\/(start|stop|restart|kill|enable)$/;

const place = (path: string, worker: string): string =>
  path
    .replace('/api/admin/users/:id', '/api/admin/users/nobody')
    .replace('/api/tokens/:id', '/api/tokens/t_none')
    // Of a job that waits it would be open for as long as that waits.
    .replace('/api/cloud/jobs/:id/logs/stream', '/api/cloud/jobs/none/logs/stream')
    .replace(':fingerprint', 'none')
    .replace('/api/jobs/templates/:name', '/api/jobs/templates/none')
    .replace(':set', `set-of-${worker}`)
    .replace(':key', encodeURIComponent(`${worker}/${worker}`))
    .replace(/:(id|name|worker|process|target)/g, worker)
    .replace(':run', RUN);

export async function tried(entry: Entry, who: Asker, url: string, worker: string): Promise<Verdict> {
  switch (entry.over) {
    case 'live':
      return overLive(entry, who, url, worker);
    case 'link':
      return overLink(who, url, worker);
    default:
      return overHttp(entry, who, worker);
  }
}

async function overHttp({ name }: Entry, who: Asker, worker: string): Promise<Verdict> {
  const [method = '', path = ''] = name.split(' ');
  const body =
    name === 'POST /api/workers/register'
      ? registration(who, worker)
      : (bodies(worker)[name] ?? (WAITS.test(path) ? { wait: false } : {}));
  const query = path === OUTPUT_PATH ? `?worker=${worker}&process=${worker}&run=${RUN}&offset=0` : '';
  // A refused person has no worker of its own; whoever has is asked about that.
  const own = path === '/api/workers/stream' || path === '/api/workers/queue' ? `?worker_id=${worker}` : '';
  const rejected = path.endsWith('/reject') ? '?reason=x' : '';
  const waits = path.endsWith('/wait') ? '?timeout=0' : '';
  const words = path.endsWith('/search') && method === 'GET' ? '?q=x' : query + own + rejected + waits;
  const told = await who.ask(method, place(path, worker) + words, method === 'GET' ? undefined : body);
  const { results = [], code } = (told.body ?? {}) as { results?: { code?: string }[]; code?: string | number };
  // The seeds' own codes are numbers: there the status says it.
  if (typeof code === 'number') return told.status === 401 ? 'login' : told.status === 403 ? 'no' : 'yes';
  return verdictOf(code ?? results.find(({ code: one }) => one !== undefined)?.code);
}

/** A launcher's own, with its token; or a plain client that a person lets in. */
function registration(who: Asker, worker: string): unknown {
  const token = shownBy(who);
  if (token?.startsWith('wt_') !== true) return { worker_id: 'plain-client', command: 'x' };
  return { worker_id: worker, command: 'x', launcher: new ScriptedLauncher('', worker, { token }).identity };
}
const shownBy = ({ headers }: Asker): string | null => /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1] ?? null;

const LOGIN = new Set(['login_required']);
const NO = new Set(['forbidden', 'credential_mismatch', 'invalid_token', 'pending_approval']);
const verdictOf = (code: string | undefined): Verdict =>
  code !== undefined && LOGIN.has(code) ? 'login' : code !== undefined && NO.has(code) ? 'no' : 'yes';

async function overLive({ name }: Entry, who: Asker, url: string, worker: string): Promise<Verdict> {
  const socket = io(url, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    extraHeaders: { ...who.headers },
  });
  try {
    const refused = await opened(socket);
    if (refused !== null) return verdictOf(refused);
    if (name === 'watch') return verdictOf(((await socket.emitWithAck('watch')) as { code?: string }).code);
    if (name === 'jobs.look')
      return verdictOf(((await socket.emitWithAck(name, { job_ids: [worker] })) as { code?: string }).code);
    const target = { worker_id: worker, process: worker };
    if (name === 'log.follow') return verdictOf(((await socket.emitWithAck(name, target)) as { code?: string }).code);
    if (name === 'subscribe') {
      const told = new Promise((resolve) => socket.once('subscribed', resolve));
      socket.emit(name, {});
      await told;
      return 'yes';
    }
    // It is not answered; what was asked after it is.
    socket.emit(name, target);
    return verdictOf(((await socket.emitWithAck('watch')) as { code?: string }).code);
  } finally {
    socket.disconnect();
  }
}

/** A launcher's handshake carries its proof itself: here, what the asker shows elsewhere. */
async function overLink(who: Asker, url: string, worker: string): Promise<Verdict> {
  const launcher = new ScriptedLauncher(url, worker, { token: shownBy(who) });
  const socket = io(`${url}/launcher`, {
    auth: { ...launcher.identity },
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    extraHeaders: { ...who.headers },
  });
  try {
    return (await opened(socket)) === null ? 'yes' : 'no';
  } finally {
    socket.disconnect();
  }
}

/** Null = connected; else the code of the refusal. */
const opened = (socket: Socket): Promise<string | null> =>
  new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(null));
    socket.once('connect_error', (error: Error & { data?: { code?: string } }) =>
      error.data?.code === undefined ? reject(error) : resolve(error.data.code),
    );
  });
