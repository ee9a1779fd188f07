/** The link with which the first admin is made: shown to whoever starts the manager, written nowhere, good once. */
import { join } from 'node:path';
import { hashOf } from '../../src/trust/credentials';
import { PROCGUARD, StartedManager } from '../harness/manager';
import { quietPort } from '../harness/quiet-port';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { Asker, cookieOf } from './asker';
import { filesWith } from './places';

const world = useWorld();
const PASSWORD = 'correct horse battery';
const LINK = /https?:\/\/\S+\/\?setup=(\S+)/;

/** Started as on a server: reached by others, and with a log file beside its data. */
async function started(): Promise<{ manager: StartedManager; dataDir: string; stranger: Asker }> {
  const dataDir = world.directory();
  const manager = await StartedManager.start(world, {
    dataDir,
    host: '0.0.0.0',
    env: { PROCGUARD_LOGGING_FILE: join(dataDir, 'manager.log'), PROCGUARD_LOGGING_LEVEL: 'DEBUG' },
  });
  return { manager, dataDir, stranger: new Asker(manager) };
}

const tokenIn = (output: string): string | undefined => LINK.exec(output)?.[1];

/** `procguard manager --setup-link`, as start_manager.sh calls it. */
async function anotherLink(dataDir: string): Promise<string> {
  const argv = [process.execPath, PROCGUARD, 'manager', '--host', '0.0.0.0', '--data-dir', dataDir, '--setup-link'];
  const program = world.start(argv, { cwd: dataDir });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  return until('the link', 60_000, () => tokenIn(program.output));
}

test('the link of the start makes the first admin, once, and is in no file', async () => {
  const { manager, dataDir, stranger } = await started();
  const token = await until('the link', 60_000, () => tokenIn(manager.program.output));
  const body = { token, username: 'alice', password: PASSWORD };
  const told = await stranger.post('/api/setup', body);
  expect([told.status, told.body.state]).toEqual([200, 'in']);
  expect((await stranger.with({ cookie: cookieOf(told) }).get('/api/workers')).status).toBe(200);
  expect((await stranger.post('/api/setup', { ...body, username: 'mallory' })).status).toBe(403);
  // The log is there and told of the start; of the link it knows nothing, used or not.
  const log = join(dataDir, 'manager.log');
  await until('the start to be in the log', 60_000, () => /listening on 0\.0\.0\.0/.test(textIn(log)));
  expect(filesWith(token, dataDir)).toEqual([]);
});

test('whoever has the machine makes another for the manager that runs: the one before is void, and one is enough', async () => {
  const { manager, dataDir, stranger } = await started();
  const first = await until('the link', 60_000, () => tokenIn(manager.program.output));
  const second = await anotherLink(dataDir);
  expect(filesWith(hashOf(second), dataDir)).toEqual([join(dataDir, 'setup-link.json')]);
  expect(filesWith(second, dataDir)).toEqual([]);
  const alice = { username: 'alice', password: PASSWORD };
  expect((await stranger.post('/api/setup', { ...alice, token: first })).status).toBe(403);
  expect((await stranger.post('/api/setup', { ...alice, token: second })).status).toBe(200);
  expect((await stranger.post('/api/setup', { ...alice, token: second })).status).toBe(403);
  // Users are there now; who forgot everything comes back by a third.
  const forgotten = { username: 'alice', password: 'another horse battery', token: await anotherLink(dataDir) };
  expect((await stranger.post('/api/setup', forgotten)).status).toBe(200);
  await stranger.loggedIn('alice', 'another horse battery');
  expect((await stranger.post('/api/session', alice)).status).toBe(401);
});

test('what ends in a file is told how to make a link, and gets none', async () => {
  const dataDir = world.directory();
  const output = join(dataDir, 'manager.out');
  const words = `--host 0.0.0.0 --port ${await quietPort()} --data-dir '${dataDir}'`;
  world.start(['sh', '-c', `exec '${process.execPath}' '${PROCGUARD}' manager ${words} > '${output}' 2>&1`], {
    cwd: dataDir,
  });
  const said = await until('it to say who gets in', 60_000, () => {
    const text = textIn(output);
    return /no user is defined.*\n/.test(text) ? text : null;
  });
  expect(said).toContain('./start_manager.sh --setup-link');
  expect(said).not.toMatch(/setup=|setup_/);
});

test('who is alone on the machine is given no link', async () => {
  const manager = await StartedManager.start(world);
  expect((await new Asker(manager, {}).get('/api/session')).body.state).toBe('open');
  expect(manager.program.output).not.toMatch(LINK);
});
