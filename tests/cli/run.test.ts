/** `procguard run`: a command elsewhere as if it ran here. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StopPolicy } from '../../protocol/process-spec';
import type { ProcessView } from '../../protocol/views';
import { isAlive } from '../harness/leftovers';
import { until } from '../harness/until';
import { ProgramsHere, PROCGUARD, type Running } from './programs-here';

const GRACE_MS = StopPolicy.parse({}).graceMs;
let here: ProgramsHere;
beforeAll(async () => {
  here = new ProgramsHere();
  await here.startManager();
  await here.startWorker('n1', [{ name: 'idle', command: 'exec sleep 1000' }]);
});
afterAll(() => here.stop());

const run = (...args: string[]) => here.cli('run', ...args);
const names = async (): Promise<string[]> =>
  (await here.cli('ls', '-o', 'name')).out.split('\n').filter(Boolean).sort();
/** The one process beside `idle`, once it is there. */
const theRun = (state = 'running'): Promise<string> =>
  until(`a run that is ${state}`, 60_000, async () =>
    (await here.cli('ls', '-o', 'name', `state=${state}`)).out.split('\n').find((key) => key.startsWith('n1/run-')),
  );
/** stdout as bytes. */
async function bytesOf(...args: string[]): Promise<{ code: number | null; bytes: Buffer }> {
  const file = join(here.dir, `stdout-${Date.now()}`);
  const out = openSync(file, 'w');
  const child = spawn(process.execPath, [PROCGUARD, 'run', ...args], {
    env: { ...process.env, PROCGUARD_URL: here.url },
    stdio: ['ignore', out, 'inherit'],
  });
  closeSync(out);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, bytes: readFileSync(file) };
}
const signalled = async (running: Running, signal: NodeJS.Signals): Promise<number | null> => {
  running.child.kill(signal);
  return running.ended;
};

describe('the exit code is the command’s', () => {
  test.each([
    ['ended well', ['true'], 0],
    ['failed', ['sh', '-c', 'exit 7'], 7],
    ['killed', ['sh', '-c', 'kill -KILL $$'], 137],
  ])('%s', async (_what, words, code) => {
    expect(await run('--', ...words)).toEqual({ code, out: '', err: '' });
  });

  test('input is not passed on, and that is said', async () => {
    const { code, err } = await here.shell('mkfifo full; exec 3<>full; echo hello >&3; exec "$@" run -- cat <&3');
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('stdin is not passed on') });
  });

  test('127 and a sentence when there is no such program', async () => {
    const ran = await run('--', 'no-such-program', '--flag');
    expect(ran).toMatchObject({ code: 127, out: '' });
    expect(ran.err).toMatch(/could not be started: there is no program "no-such-program" in PATH/);
  });

  test('that of a signal when somebody else stops it', async () => {
    const running = here.run('run', '--', 'sleep', '1000');
    await here.cli('stop', await theRun());
    expect(await running.ended).toBe(143);
  });
});

describe('the output is the command’s', () => {
  test('both streams in their order, arguments untouched', async () => {
    const { code, out } = await run('--', 'sh', '-c', 'echo "$0|$1"; echo err >&2; printf end', 'a b', "c'd$HOME");
    expect([code, out]).toEqual([0, "a b|c'd$HOME\nerr\nend"]);
  });

  test('megabytes of anything, byte for byte, without a last newline', async () => {
    const file = join(here.dir, 'anything');
    const anything = Buffer.concat([randomBytes(9_000_000), Buffer.from('\r\n\0no newline')]);
    writeFileSync(file, anything);
    const { code, bytes } = await bytesOf('--', 'cat', file);
    expect([code, bytes.length, bytes.equals(anything)]).toEqual([0, anything.length, true]);
  });

  test('it comes while the command runs', async () => {
    const go = join(here.dir, 'go');
    const running = here.run(
      'run',
      '--shell',
      '--',
      `printf first; until [ -e ${go} ]; do sleep 0.02; done; echo last`,
    );
    await running.until('the first word', (out) => out === 'first');
    writeFileSync(go, '');
    expect([await running.ended, running.out]).toEqual([0, 'firstlast\n']);
  });

  test('directory, environment and shell are as told', async () => {
    const { out } = await run('--cwd', '/', '-e', 'A=1=2', '-e', 'B=', '--shell', '--', 'echo $PWD "$A" "<$B>" | cat');
    expect(out).toBe('/ 1=2 <>\n');
    expect(await run('--cwd', 'here', '--', 'true')).toMatchObject({ code: 2 });
    expect(await run('--env', 'A', '--', 'true')).toMatchObject({ code: 2 });
  });

  test('nothing is lost or repeated when the manager is killed meanwhile', async () => {
    const go = join(here.dir, 'go-on');
    const count = 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo "line $i"; done';
    const running = here.run(
      'run',
      '--shell',
      '--',
      `${count}; until [ -e ${go} ]; do sleep 0.02; done; ${count}; exit 9`,
    );
    await running.until('the first lines', (out) => out.includes('line 20000\n'));
    await here.killManager();
    writeFileSync(go, '');
    await here.startManager();
    expect(await running.ended).toBe(9);
    const once = Array.from({ length: 20_000 }, (_, i) => `line ${i + 1}\n`).join('');
    expect(running.out === once + once).toBe(true);
  });
});

describe('what stays behind', () => {
  test('nothing; with --keep the process and its output', async () => {
    const before = await names();
    await run('--', 'echo', 'gone');
    expect(await names()).toEqual(before);
    await run('--keep', '--name', 'kept', '--', 'echo', 'stays');
    expect(await names()).toEqual([...before, 'n1/kept'].sort());
    expect((await here.cli('logs', 'kept')).out).toBe('stays\n');
  });

  test('a name that is taken is refused, and what has it is left alone', async () => {
    const { code, out, err } = await run('--name', 'idle', '--', 'echo', 'no');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/worker n1 has a process idle already; choose another name/);
    expect(await names()).toContain('n1/idle');
  });

  test('runs that begin together each have their own', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, (_, i) => run('--', 'sh', '-c', `echo ${i}; exit ${i}`)));
    expect(all.map(({ code, out }) => [code, out])).toEqual(all.map((_, i) => [i, `${i}\n`]));
  });

  test('--detach prints the key and leaves it running', async () => {
    const { code, out } = await run('--detach', '--name', 'apart', '--', 'sleep', '1000');
    expect([code, out]).toEqual([0, 'n1/apart\n']);
    await here.untilState('n1/apart', 'running');
    await here.cli('stop', 'apart');
    expect(await run('-d', '--', 'no-such-program')).toMatchObject({ code: 127, out: '' });
    expect((await names()).filter((name) => name.startsWith('n1/run-'))).toEqual([]);
  });
});

describe('signals', () => {
  const pidOf = async (running: Running): Promise<number> =>
    Number(await running.until('a pid', (out) => /^(\d+)\n/.exec(out)?.[1]));

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s stops it, shows its last words and removes it', async (signal, code) => {
    const script = `trap 'echo bye; exit 5' TERM; echo $$; while :; do sleep 0.02; done`;
    const running = here.run('run', '--', 'sh', '-c', script);
    const pid = await pidOf(running);
    expect(await signalled(running, signal)).toBe(code);
    expect(running.out).toMatch(/\nbye\n$/);
    expect([isAlive(pid), (await names()).some((name) => name.startsWith('n1/run-'))]).toEqual([false, false]);
  });

  test('a second Ctrl-C does not wait for the grace', async () => {
    const deaf = join(here.dir, 'deaf');
    const script = `trap 'touch ${deaf}' TERM; echo $$; while :; do sleep 0.02; done`;
    const running = here.run('run', '--keep', '--name', 'hasty', '--', 'sh', '-c', script);
    const pid = await pidOf(running);
    running.child.kill('SIGINT');
    await until('the first to arrive', 60_000, () => existsSync(deaf));
    expect(await signalled(running, 'SIGINT')).toBe(130);
    expect(isAlive(pid)).toBe(false);
    const [view] = JSON.parse((await here.cli('ls', 'hasty', '-o', 'json')).out) as ProcessView[];
    const killed = view?.certificate?.signals.find(({ signal }) => signal === 'SIGKILL');
    expect(killed?.afterMs).toBeLessThan(GRACE_MS);
  });

  test('it survives kill -9 of the command line', async () => {
    const done = join(here.dir, 'done');
    const script = `echo $$; until [ -e ${done}.go ]; do sleep 0.02; done; echo later; touch ${done}`;
    const running = here.run('run', '--name', 'orphan', '--', 'sh', '-c', script);
    const pid = await pidOf(running);
    await signalled(running, 'SIGKILL');
    expect(isAlive(pid)).toBe(true);
    writeFileSync(`${done}.go`, '');
    await here.untilState('n1/orphan', 'exited');
    expect(existsSync(done)).toBe(true);
    await until('its output', 60_000, async () => (await here.cli('logs', 'orphan')).out === `${pid}\nlater\n`);
  });
});

// Last: from here on there are two workers.
describe('where it runs', () => {
  test('a worker that is not there is named, with the nearest', async () => {
    const { code, err } = await run('--on', 'n2', '--', 'true');
    expect([code, err]).toEqual([3, 'No worker that can run commands is called n2; did you mean n1?\n']);
  });

  test('several: one must be named; local goes first', async () => {
    await here.startWorker('n3', [{ name: 'other', command: 'exec sleep 1000' }]);
    const { code, err } = await run('--', 'true');
    expect([code, err]).toEqual([2, '2 workers could run it; name one with --on: n1, n3\n']);
    expect((await run('--on', 'n3', '--shell', '--', 'echo $PROCGUARD_WORKER_ID')).out).toBe('n3\n');
    await here.startWorker('local', [{ name: 'third', command: 'exec sleep 1000' }], '--kind', 'local');
    expect((await run('--shell', '--', 'echo $PROCGUARD_WORKER_ID')).out).toBe('local\n');
  });
});
