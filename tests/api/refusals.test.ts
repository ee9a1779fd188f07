/**
 * Every way to ask wrongly, with the whole sentence of the answer: what failed, on what, by which limit, what to do.
 * Known here: `worker1`, run by a launcher; `plain1`, a client of the plain HTTP protocol.
 */
import type { ErrorCode } from '../../protocol/errors';
import { ERRORS } from '../../protocol/errors';
import { LIMITS } from '../../protocol/limits';
import { managerHere, type ManagerHere } from './manager-here';
import { ScriptedLauncher } from './scripted-launcher';
import { RUN, running } from '../harness/launcher-words';

let manager: ManagerHere;
let launcher: ScriptedLauncher;
beforeAll(async () => {
  manager = await managerHere();
  launcher = new ScriptedLauncher(manager.url, 'worker1');
  await launcher.register();
  await launcher.connect();
  await launcher.sync(running(), [RUN]);
  await manager.post('/api/workers/register', { worker_id: 'plain1', command: 'x' });
});
afterAll(async () => {
  launcher.close();
  await manager.stop();
});

interface Refused {
  readonly success: false;
  readonly error: string;
  readonly code: ErrorCode;
}
async function ask(line: string, body?: unknown, headers: Record<string, string> = {}): Promise<Refused> {
  const [method = '', path = ''] = line.split(' ');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(manager.url + path, { method, headers, ...(body === undefined ? {} : { body: text }) });
  const refused = (await response.json()) as Refused;
  // The status is the code's own, whatever the way it came to be.
  expect([response.status, refused.success]).toEqual([ERRORS[refused.code].status, false]);
  return refused;
}

const COMMAND = 'POST /api/workers/worker1/command';
const REGISTER = 'POST /api/workers/register';
const PROCESSES = 'POST /api/workers/worker1/processes';
const LOGS = 'GET /api/workers/worker1/logs';
const RANGE = 'GET /api/logs/worker1/worker1';
const SEE = '. /api/docs has what it may hold';
const NAME = 'may hold letters, digits and _ . : @ - and starts with a letter, a digit or _';
const much = 'x'.repeat(LIMITS.bodyBytesMax);

test.each<[string, unknown, ErrorCode, string]>([
  // What is asked of a worker.
  [COMMAND, { command: 'pause' }, 'unknown_command', '"pause" is not a command; known: start, stop, restart, kill'],
  [COMMAND, {}, 'bad_request', `the body is not understood: command is missing; it must be text${SEE}`],
  [COMMAND, undefined, 'bad_request', `the body is not understood: command is missing; it must be text${SEE}`],
  [COMMAND, { command: 7 }, 'bad_request', `the body is not understood: command must be text, not 7${SEE}`],
  [COMMAND, '[]', 'bad_request', `the body is not understood: it must be an object, not []${SEE}`],
  [
    COMMAND,
    '{"command": start}',
    'bad_request',
    `the body is not JSON: Unexpected token 's', "{"command": start}" is not valid JSON; nothing was done`,
  ],
  [
    COMMAND,
    { command: much },
    'body_too_large',
    'the body has more than 1048576 bytes, the limit of a request; nothing of it was taken',
  ],
  [
    COMMAND,
    { command: 'start', process: 'train' },
    'unknown_process',
    'worker worker1 has no process train; it has worker1',
  ],
  [
    'POST /api/workers/worker11/command',
    { command: 'start' },
    'unknown_worker',
    'no worker "worker11"; did you mean worker1?',
  ],
  [
    'POST /api/workers/other/command',
    { command: 'start' },
    'unknown_worker',
    'no worker "other"; known: plain1, worker1',
  ],
  ['POST /api/workers/other/unregister', {}, 'unknown_worker', 'no worker "other"; known: plain1, worker1'],
  [
    'POST /api/workers/%E0%A4%A/command',
    { command: 'start' },
    'bad_request',
    'the path has a % that begins no UTF-8; write it as %25',
  ],
  [
    'POST /api/batch',
    { selector: 'nobody', command: 'stop' },
    'unknown_process',
    'no process is called nobody; nothing was done. GET /api/processes lists all there are',
  ],
  [
    'POST /api/batch',
    { selector: [], command: 'stop' },
    'bad_request',
    `the body is not understood: selector must have at least 1 entries, not []${SEE}`,
  ],
  [
    'POST /api/batch',
    { selector: 'state=runing', command: 'stop' },
    'bad_request',
    'The selector state=runing names no state of a process; did you mean state=running? The states are stopped, waiting, starting, running, stopping, backoff, exited, failed, unknown',
  ],

  // Registering.
  [REGISTER, {}, 'bad_request', `the body is not understood: worker_id is missing; it must be text${SEE}`],
  [
    REGISTER,
    { worker_id: 'a' },
    'bad_request',
    'the body needs worker_id and command, as in {"worker_id":"w1","command":"python train.py"}',
  ],
  [
    REGISTER,
    { worker_id: 'register', command: 'x' },
    'bad_request',
    'worker_id register is a word of the API; choose another (reserved: register, cleanup, reset, failover-workers, stream, heartbeat, disconnect, queue, job)',
  ],
  [
    REGISTER,
    { worker_id: 'a b', command: 'x' },
    'bad_request',
    `the body is not understood: worker_id ${NAME} (given: "a b")${SEE}`,
  ],
  [
    REGISTER,
    { worker_id: 'x'.repeat(129), command: 'x' },
    'bad_request',
    `the body is not understood: worker_id is longer than 128 characters (given: 129 characters)${SEE}`,
  ],
  [
    REGISTER,
    { worker_id: 'a', command: 'x'.repeat(LIMITS.commandCharsMax + 1) },
    'bad_request',
    `the body is not understood: command must have at most 131072 characters, not 131073 characters${SEE}`,
  ],
  [
    REGISTER,
    { worker_id: 'worker1', command: 'x' },
    'worker_taken',
    'worker_id worker1 is taken: a launcher runs it. Choose another id, or remove the old worker if it is gone for good (POST /api/workers/worker1/unregister)',
  ],
  [
    'POST /api/workers/worker1/heartbeat',
    {},
    'worker_taken',
    'worker_id worker1 is taken: a launcher runs it, and beats over its own link. A plain client needs another id',
  ],
  [
    'POST /api/workers/plain1/heartbeat',
    { status: 'sleeping' },
    'bad_request',
    'the heartbeat is not understood: status must be one of running, stopped, exited, failed, not "sleeping"',
  ],
  [
    'POST /api/workers/plain1/heartbeat',
    { pid: 'x' },
    'bad_request',
    'the heartbeat is not understood: pid must be a number, not "x"',
  ],
  [
    'POST /api/workers/plain1/heartbeat',
    much + much,
    'body_too_large',
    'the body has 2097152 bytes; 1048576 is the limit of a request, and nothing of it was taken',
  ],

  // Processes given from here.
  [
    PROCESSES,
    { name: 'a' },
    'bad_request',
    `the body is not understood: command is missing; it must be text or a list${SEE}`,
  ],
  [
    PROCESSES,
    { name: 'a/b', command: 'x' },
    'bad_request',
    `the body is not understood: name: process ${NAME} (given: "a/b")${SEE}`,
  ],
  [
    PROCESSES,
    { name: 'a', command: [] },
    'bad_request',
    `the body is not understood: command is an empty list (given: [])${SEE}`,
  ],
  [
    PROCESSES,
    { name: 'a', command: 'x', restart_policy: 'sometimes' },
    'bad_request',
    `the body is not understood: restart_policy must be one of always, on-failure, never, not "sometimes"${SEE}`,
  ],
  [
    PROCESSES,
    { name: 'a', command: 'x', env: { 'A=B': 'secret' } },
    'bad_request',
    `the body is not understood: env.A=B: a variable name has no = and no NUL${SEE}`,
  ],
  [
    PROCESSES,
    { name: 'worker1', command: 'x', must_be_new: true },
    'process_taken',
    'worker worker1 has a process worker1 already; choose another name, or remove that one first (DELETE /api/workers/worker1/processes/worker1)',
  ],
  [
    'POST /api/workers/plain1/processes',
    { name: 'a', command: 'x' },
    'bad_request',
    'worker plain1 speaks plain HTTP and has one command of its own; a launcher is needed to define more',
  ],
  [
    'DELETE /api/workers/worker1/processes/other',
    undefined,
    'unknown_process',
    'worker worker1 has no process other; it has worker1',
  ],
  [
    'DELETE /api/workers/plain1/processes/plain1',
    undefined,
    'bad_request',
    'worker plain1 speaks plain HTTP and has one process; forget it with its worker (POST /api/workers/plain1/unregister)',
  ],

  // Reading.
  [
    `${LOGS}?limit=1000001`,
    undefined,
    'bad_request',
    `the query is not understood: limit must be at most 1000000, not 1000001${SEE}`,
  ],
  [
    `${LOGS}?limit=many`,
    undefined,
    'bad_request',
    `the query is not understood: limit must be a number, not "many"${SEE}`,
  ],
  [
    `${LOGS}?format=xml`,
    undefined,
    'bad_request',
    `the query is not understood: format must be one of json, text, not "xml"${SEE}`,
  ],
  [
    `${LOGS}?since=yesterday`,
    undefined,
    'bad_request',
    'since "yesterday" is no time; say how long ago (90s, 10m, 2h, 1d, 2w) or a date (2026-01-31T12:00:00Z)',
  ],
  [
    `${LOGS}?run=7`,
    undefined,
    'bad_request',
    `the query is not understood: run: a run id has 13 digits and then 12 characters of a-z and 2-7 (given: 7)${SEE}`,
  ],
  [
    `${RANGE}/1700000000000abcdefghij33`,
    undefined,
    'unknown_run',
    'No output of run 1700000000000abcdefghij33 of worker1/worker1 is stored; GET /api/logs/worker1/worker1 lists its runs',
  ],
  [`${RANGE}/7`, undefined, 'unknown_run', '"7" is no run id; GET /api/logs/worker1/worker1 lists the runs'],
  [`${RANGE}/search`, undefined, 'bad_request', `the query is not understood: q is missing; it must be text${SEE}`],
  [
    `${RANGE}/search?q=(&regex=1`,
    undefined,
    'bad_request',
    'The pattern cannot be read: Invalid regular expression: /(/: Unterminated group',
  ],
  [
    'GET /api/events?limit=1001',
    undefined,
    'bad_request',
    `the query is not understood: limit must be at most 1000, not 1001${SEE}`,
  ],
  [
    'GET /api/events?level=loud',
    undefined,
    'bad_request',
    `the query is not understood: level must be one of info, warning, error, not "loud"${SEE}`,
  ],
  [
    'POST /api/workers/worker1/logs',
    { message: 'x' },
    'bad_request',
    'worker worker1 has a launcher that ships its output; lines cannot be posted beside it',
  ],

  // Wrong places.
  [
    'GET /api/workers/worker1/command',
    undefined,
    'method_not_allowed',
    'GET is not offered at /api/workers/worker1/command; known: POST',
  ],
  ['GET /api/nothing?x=1', undefined, 'not_found', 'GET /api/nothing?x=1 is not part of this API; see /api/docs'],
  [
    'GET /nothing',
    undefined,
    'not_found',
    "there is nothing at /nothing; the dashboard is at /, the API's description at /api/docs",
  ],
])('%s with %j is refused as %s', async (line, body, code, sentence) => {
  expect(await ask(line, body)).toMatchObject({ code, error: sentence });
});

test('names that could have been meant are there for programs too', async () => {
  expect(await ask('POST /api/workers/worker11/command', { command: 'start' })).toMatchObject({
    nearest: ['worker1'],
    known: ['plain1', 'worker1'],
  });
  expect(await ask(COMMAND, { command: 'pause' })).toMatchObject({ known: ['start', 'stop', 'restart', 'kill'] });
});

test('a page of another origin is refused before anything is read', async () => {
  expect(await ask('GET /api/workers', undefined, { origin: 'http://evil.example' })).toMatchObject({
    code: 'forbidden_origin',
    error: 'a page of "http://evil.example" may not use this API; only the manager\'s own pages may',
  });
});

describe('launchers that may not come in', () => {
  const refusalOf = async (more: object, id = 'worker1'): Promise<Refused> =>
    (await (await new ScriptedLauncher(manager.url, id, more).register()).json()) as Refused;

  test('another machine under a taken id', async () => {
    expect(await refusalOf({ hostname: 'elsewhere' })).toMatchObject({
      code: 'worker_taken',
      error:
        'worker_id worker1 is taken: the machine test-host has it. Choose another id, or remove the old worker if it is gone for good (POST /api/workers/worker1/unregister)',
    });
  });

  test('another protocol', async () => {
    expect(await refusalOf({ protocol: 99 }, 'new1')).toMatchObject({
      code: 'protocol_mismatch',
      error: 'launcher new1 speaks protocol 99, this manager 1; install the same version on both',
    });
  });

  test('one that is registered and has not told yet what it runs cannot be commanded', async () => {
    const quiet = new ScriptedLauncher(manager.url, 'quiet');
    await quiet.register();
    expect(await ask('POST /api/workers/quiet/command', { command: 'start' })).toMatchObject({
      code: 'unknown_process',
      error: 'worker quiet is connecting and has not yet told what it runs; ask again in a moment',
    });
    await manager.post('/api/workers/quiet/unregister');
  });
});

test('one command more than may wait is not taken, and those before it are', async () => {
  await manager.post('/api/workers/register', { worker_id: 'full', command: 'x' });
  const send = () => manager.post('/api/workers/full/command', { command: 'start' });
  // So many at a time that none is refused by the kernel's own queue of connections.
  const together = 200;
  for (let sent = 0; sent < LIMITS.commandsQueuedMax; sent += together)
    await Promise.all(Array.from({ length: together }, send));
  expect(await ask('POST /api/workers/full/command', { command: 'start' })).toMatchObject({
    code: 'queue_full',
    error: '4000 commands wait for worker full, the limit; this one was not taken. Ask again when it has taken some',
  });
  await manager.post('/api/workers/full/heartbeat', { status: 'running' });
  expect((await send()).body).toMatchObject({ success: true, status: 'queued' });
});
