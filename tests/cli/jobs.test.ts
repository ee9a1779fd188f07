/** Jobs from the command line: submitted, shown, waited for, read, cancelled and tried again, on a real launcher. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobRow } from '../../protocol/job-views';
import { until } from '../harness/until';
import { ProgramsHere, PROCGUARD } from './programs-here';

let here: ProgramsHere;
beforeAll(async () => {
  here = new ProgramsHere();
  await here.startManager();
  await here.startWorker('w1', [], '--slots', '2', '--labels', 'zone=a');
  await until('the worker to be connected', 60_000, async () => /^w1 +idle/m.test((await cli('nodes')).out));
});
afterAll(() => here.stop());

const cli = (...args: string[]) => here.cli(...args);
const submitted = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await cli('submit', '-q', ...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.trim();
};
const json = async (...args: string[]): Promise<unknown> => JSON.parse((await cli(...args, '-o', 'json')).out);
const stateOf = async (id: string): Promise<string> => ((await json('job', id)) as { state: string }).state;
const untilState = (id: string, state: string) =>
  until(`${id} ${state}`, 60_000, async () => (await stateOf(id)) === state);
/** A job may be over before the last of its output is here. */
const untilLogs = (wanted: string, ...ids: string[]) =>
  until(`${ids.join(', ')} to have said ${wanted}`, 60_000, async () => (await cli('logs', ...ids)).out === wanted);

describe('submit', () => {
  test('puts a command into the queue and says how it stands', async () => {
    const { code, out } = await cli('submit', '--id', 'first', '--', 'echo', 'a b');
    expect(code).toBe(0);
    expect(out).toMatch(/^first (queued|assigned): /);
    expect((await cli('wait', 'first')).out).toBe('first completed: exit code 0\n');
    await untilLogs('a b\n', 'first');
  });

  test('with --logs its output and its exit code are the program’s own', async () => {
    expect(await cli('submit', '--logs', 'echo one; sleep 0.3; echo two; exit 3')).toMatchObject({
      code: 3,
      out: 'one\ntwo\n',
      err: expect.stringContaining('failed: exit code 3'),
    });
  });

  test('--logs goes on with each try, until the job is over', async () => {
    const { code, out } = await cli('submit', '--logs', '--retries', '2', '--retry-delay', '100ms', 'echo try; exit 4');
    expect({ code, out }).toEqual({ code: 4, out: 'try\ntry\ntry\n' });
  });

  test('exit codes that say never again are believed', async () => {
    const id = await submitted('--retries', '3', '--no-retry-on', '2,3', 'exit 3');
    expect((await cli('wait', id)).code).toBe(3);
    expect((await json('job', id)) as object).toMatchObject({ attempts: 1, retries: 0 });
  });

  test('an array is one job for each index, and its name means them all', async () => {
    await submitted(
      '--id',
      'arr',
      '--array',
      '1-3%2',
      'echo $PROCGUARD_ARRAY_INDEX; exit $((PROCGUARD_ARRAY_INDEX % 3))',
    );
    const { code, out } = await cli('wait', 'arr');
    expect(code).toBe(2);
    expect(out.split('\n')).toEqual([
      'arr.1 failed: exit code 1',
      'arr.2 failed: exit code 2',
      'arr.3 completed: exit code 0',
      '',
    ]);
    await untilLogs('==> arr.1 <==\n1\n\n==> arr.3 <==\n3\n', 'arr.1', 'arr.3');
    // Only those for which it has a meaning are tried again.
    expect((await json('retry', 'arr')) as object[]).toMatchObject([{ job_id: 'arr.2' }, { job_id: 'arr.1' }]);
  });

  test('--after takes an array; what is for one job says that it is one', async () => {
    const array = await submitted(
      '--id',
      'parts',
      '--array',
      '1-3',
      'echo $PROCGUARD_ARRAY_INDEX >> "$HOME_OF_PARTS"',
      '--env',
      `HOME_OF_PARTS=${here.dir}/parts`,
    );
    const { code, out } = await cli('submit', '--logs', '--after', array, `sort ${here.dir}/parts`);
    expect({ code, out }).toEqual({ code: 0, out: '1\n2\n3\n' });
    for (const word of ['job', 'logs', 'explain'])
      expect({ word, ...(await cli(word, 'parts')) }).toEqual({
        word,
        code: 2,
        out: '',
        err: expect.stringContaining('parts is an array of 3 jobs; name one of them, as parts.1'),
      });
    expect((await cli('priority', 'parts', '2')).err).toContain('an array of 3 jobs');
  });

  test('a sweep is one job for each combination', async () => {
    const { code, out } = await cli(
      'submit',
      '--wait',
      '--sweep',
      'lr=1e-3,1e-4',
      '--id',
      'sw',
      '--',
      'echo',
      'lr {lr}',
    );
    expect({ code, out }).toEqual({ code: 0, out: 'sw.0 completed: exit code 0\nsw.1 completed: exit code 0\n' });
    await untilLogs('lr 1e-4\n', 'sw.1');
  });

  test('a value of a sweep is one word of a line for the shell, whatever is in it', async () => {
    const words = ['--sweep', 'x=a  b;exit 3,$(exit 4)', '--id', 'one-word', '--', 'printf "<%s>" {x}'];
    expect(await cli('submit', '--wait', ...words)).toMatchObject({ code: 0 });
    await untilLogs('<a  b;exit 3>', 'one-word.0', '-n', 'all');
    await untilLogs('<$(exit 4)>', 'one-word.1', '-n', 'all');
  });

  test('says at once that no known worker can ever run it', async () => {
    const { code, err } = await cli('submit', '--gpus', '8', '--id', 'big', '--', 'x');
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('w1: it has 0 GPUs, the job needs 8') });
    const { out } = await cli('job', 'big');
    expect(out).toContain('needs     8 GPU');
    await cli('cancel', 'big');
  });

  test.each([
    ['what is piped into it', 'mkfifo full; exec 3<>full; echo x >&3; exec "$@" submit -q -- cat <&3', true],
    ['a file', 'exec "$@" submit -q -- cat < input', true],
    ['not of a pipe that stays empty', 'mkfifo empty; exec 3<>empty; exec "$@" submit -q -- cat <&3', false],
    ['not of what a loop reads', 'seq 2 | while read n; do "$@" submit -q -- cat; done', false],
    ['not of none', '"$@" submit -q -- cat < /dev/null', false],
  ])('says that a job gets no input: %s', async (_what, script, isSaid) => {
    writeFileSync(join(here.dir, 'input'), 'x\n');
    const { code, out, err } = await here.shell(script);
    expect({ code, isSaid: err.includes('stdin is not passed on') }).toEqual({ code: 0, isSaid });
    expect(out.split('\n').filter(Boolean)).toHaveLength(script.includes('seq 2') ? 2 : 1);
  });

  test('the same key is the same job', async () => {
    const id = await submitted('--key', 'once', '--', 'true');
    expect((await cli('submit', '--key', 'once', '--', 'true')).out).toContain(`${id} `);
    expect((await cli('submit', '--key', 'once', '--', 'true')).out).toContain('submitted before');
  });

  test('--dry-run sends nothing and prints what would be sent', async () => {
    const { out } = await cli('submit', '--dry-run', '--id', 'never', '--gpu-memory', '20GB', '--', 'python', 'x.py');
    expect(JSON.parse(out)).toMatchObject({
      command: ['python', 'x.py'],
      needs: { gpus: { count: 1, memory: '20GB' } },
    });
    expect((await cli('job', 'never')).code).toBe(3);
  });

  test('a signal ends the waiting, and not the job', async () => {
    const waiting = here.run('submit', '--wait', '--id', 'stays', '--', 'sleep', '1000');
    await until('it to be said', 60_000, () => waiting.err.includes('stays'));
    await untilState('stays', 'running');
    waiting.child.kill('SIGINT');
    expect(await waiting.ended).toBe(130);
    expect(waiting.err).toContain('procguard cancel stays');
    expect(await stateOf('stays')).toBe('running');
    await cli('cancel', 'stays');
  });
});

describe('what one sees', () => {
  test('jobs are found by state, label, and a text in them', async () => {
    await submitted('--id', 'found', '--tag', 'team=nlp', '--name', 'needle', '--', 'true');
    await cli('wait', 'found');
    for (const words of [['team=nlp'], ['needle'], ['name=need*', 'state=completed'], ['node=w1', 'team=n*']])
      expect((await cli('jobs', '-o', 'name', ...words)).out).toBe('found\n');
    expect((await cli('jobs', 'team=nlp')).out).toMatch(/JOB +NAME +STATE.*\nfound +needle +completed +w1/);
    expect((await cli('jobs', 'team=cv')).err).toBe('No job matches team=cv.\n');
  });

  test('one that waits says for what, one cut short is found', async () => {
    await submitted('--id', 'held-for-a-word', '--hold', '--', 'true');
    const { out } = await cli('job', 'held-for');
    expect(out).toMatch(/^held-for-a-word {2}waiting for/);
    expect((await cli('explain', 'held-for-a-word', '-o', 'name')).out).toBe('approval\n');
    expect((await cli('queue')).out).toContain('held-for-a-word');
    expect((await cli('release', 'held-for-a-word')).code).toBe(0);
    expect((await cli('wait', 'held-for-a-word')).code).toBe(0);
  });

  test('the queue says for what each waits', async () => {
    expect((await cli('submit', '-q', '--id', 'too-much', '--gpus', '8', '--', 'true')).code).toBe(0);
    const { out } = await cli('queue');
    expect(out).toMatch(/too-much .*no known worker can ever run it/);
    const { jobs } = JSON.parse((await cli('queue', '-o', 'json')).out) as { jobs: JobRow[] };
    expect(jobs.find(({ job_id: id }) => id === 'too-much')?.why).toMatch(/w1: .*GPU/);
    expect((await cli('cancel', 'too-much')).code).toBe(0);
  });

  test('top shows workers, what runs and what waits', async () => {
    await submitted('--id', 'seen', '--', 'sleep', '1000');
    await untilState('seen', 'running');
    // What ran before it may hold its slot still.
    const out = await until('it to be all that runs', 60_000, async () => {
      const { out: screen } = await cli('top');
      return screen.includes('slots 1/2') && screen;
    });
    expect(out).toMatch(/^w1 +\S+ +1\/2 /m);
    expect(out).toMatch(/^seen +sleep +w1 +running/m);
    expect((await json('top')) as object).toMatchObject({
      workers: [{ worker_id: 'w1' }],
      jobs: [{ job_id: 'seen', state: 'running' }],
      stats: expect.anything(),
    });
    await cli('cancel', 'seen');
  });

  test('limits are set, shown and taken away', async () => {
    expect((await cli('limits', 'user:*', '4')).out).toMatch(/user:\* +4/);
    expect((await json('limits')) as object[]).toEqual([{ scope: 'user:*', max: 4, active: null, from: 'api' }]);
    expect((await cli('limits', 'user:*', 'none')).err).toContain('No limit');
  });
});

describe('what one does', () => {
  test('cancel stops the tree; wait gives 1; retry puts it back', async () => {
    await submitted('--id', 'c1', '--tag', 'batch=c', 'sleep 1000');
    await submitted('--id', 'c2', '--tag', 'batch=c', '--hold', 'sleep 1000');
    await untilState('c1', 'running');
    expect((await cli('cancel', 'batch=c', '--dry-run', '-o', 'name')).out).toBe('c2\nc1\n');
    expect(await stateOf('c1')).toBe('running');
    expect((await cli('cancel', 'batch=c', '--why', 'disk swap')).code).toBe(0);
    expect((await cli('wait', 'c1')).code).toBe(1);
    expect((await cli('wait', 'c2')).code).toBe(1);
    expect((await cli('job', 'c1')).out).toContain('disk swap');
    expect((await cli('retry', 'c1')).code).toBe(0);
    await untilState('c1', 'running');
    expect((await cli('priority', 'c1', '2')).code).toBe(0);
    await cli('cancel', 'c1');
  });

  test.each([
    ['its exit code', 'exit 5'],
    ['its signal', 'kill -KILL $$'],
  ])('one that is cancelled between two tries ends with 1, and not with %s', async (_what, command) => {
    const id = await submitted('--retries', '1', '--retry-delay', '1h', command);
    await untilState(id, 'waiting');
    expect((await cli('cancel', id)).code).toBe(0);
    expect((await cli('wait', id)).code).toBe(1);
  });

  test('logs -f follows a job that is not yet begun', async () => {
    await submitted('--id', 'later', '--hold', '--', 'echo begun; sleep 0.2; echo ended');
    const following = here.run('logs', '-f', 'later');
    await cli('release', 'later');
    expect(await following.ended).toBe(0);
    expect(following.out).toBe('begun\nended\n');
  });

  test.each([
    [3, ['job', 'nobody'], /No job is called nobody/],
    [3, ['cancel', 'nobody'], /No job and no array is called nobody/],
    [3, ['cancel', 'team=nobody'], /nothing was done/],
    [2, ['cancel', 'first', 'state=queued'], /not both/],
    [2, ['jobs', 'state=runing'], /known: .*waiting/],
    [2, ['submit', '--memory', 'lots', '--', 'x'], /needs\.memory/],
    [2, ['submit', '--retry-delay', '3s', '--', 'x'], /needs --retries/],
    [2, ['submit', '--array', '9-1', '--', 'x'], /array/],
    [2, ['submit', '--dir', 'here', '--', 'x'], /from the root/],
    [2, ['submit'], /nothing to run/],
    [2, ['submit', '--set', 'a=1', '--', 'x'], /--template/],
    [2, ['retry'], /retry what/],
    [2, ['jobs', '--sort', 'age'], /-duration/],
    [2, ['limits', 'all', 'many'], /number of jobs/],
    [3, ['wait', 'nobody'], /nobody/],
    [124, ['wait', 'held', '--timeout', '100ms'], /time to wait is over/],
  ])('exit code %i for %j', async (code, args, said) => {
    if (args.includes('held')) await submitted('--id', 'held', '--hold', '--', 'true');
    const ran = await cli(...args);
    expect(ran).toMatchObject({ code, err: expect.stringMatching(said) });
  });
});

test('a manager that is away is one sentence, whatever is asked of it', async () => {
  await here.killManager();
  try {
    for (const args of [['jobs'], ['jobs', '-w'], ['job', 'first'], ['top'], ['queue'], ['explain', 'first']])
      expect({ args, ...(await cli(...args)) }).toEqual({
        args,
        code: 5,
        out: '',
        err: expect.stringMatching(/^[^\n]*No manager answers at [^\n]*\n$/),
      });
  } finally {
    await here.startManager();
  }
});

test('a manager that is restarted loses no waiter and no byte', async () => {
  const attended = here.run(
    'submit',
    '--logs',
    '--id',
    'through',
    'echo before; until [ -e go ]; do sleep 0.05; done; echo after; exit 5',
  );
  await attended.until('its first line', (out) => out.includes('before'));
  await here.killManager();
  await until('the loss to be told', 60_000, () => attended.err.includes('lost'));
  await here.startManager();
  await until('it to be running again', 60_000, async () => (await stateOf('through')) === 'running');
  const { tries } = (await json('job', 'through')) as { tries: { attempt_id: string }[] };
  expect(tries).toHaveLength(1);
  await cli('cancel', 'through');
  expect(await attended.ended).toBe(1);
  expect(attended.out).toBe('before\n');
});

test('a manager that is restarted before the job has begun loses no follower', async () => {
  const attended = here.run('submit', '--logs', '--hold', '--id', 'not-begun', 'echo here; exit 6');
  await until('it to be said', 60_000, () => attended.err.includes('not-begun'));
  await here.killManager();
  await until('the loss to be told', 60_000, () => attended.err.includes('lost'));
  await here.startManager();
  expect((await cli('release', 'not-begun')).code).toBe(0);
  expect(await attended.ended).toBe(6);
  expect(attended.out).toBe('here\n');
});

test('top draws on a terminal, gives it back at q', async () => {
  const env = { ...process.env, PROCGUARD_URL: here.url, TERM: 'xterm' };
  const terminal = spawn(
    'script',
    ['-qec', `stty rows 30 cols 120; exec ${process.execPath} ${PROCGUARD} top`, '/dev/null'],
    { env },
  );
  let seen = '';
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => (seen += text));
  const ended = new Promise((resolve) => terminal.once('close', resolve));
  try {
    await until('the screen', 60_000, () => seen.includes('slots '));
    terminal.stdin.write('q');
    await until('its end', 60_000, () => terminal.exitCode !== null);
  } finally {
    terminal.kill('SIGKILL');
    await ended;
  }
  expect(terminal.exitCode).toBe(0);
  expect(seen.indexOf('\x1b[?1049h')).toBeLessThan(seen.indexOf('slots '));
  expect(seen.trimEnd().endsWith('\x1b[?25h\x1b[?1049l')).toBe(true);
});
