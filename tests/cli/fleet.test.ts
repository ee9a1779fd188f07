/** What the commands show of a real fleet, and what they do to it. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../harness/until';
import { ProgramsHere, PROCGUARD } from './programs-here';

const never = { when: 'never' };
let here: ProgramsHere;
beforeAll(async () => {
  here = new ProgramsHere();
  await here.startManager();
  await here.startWorker(
    'n1',
    [
      { name: 'web', command: 'echo ready; exec sleep 1000', autoStart: true },
      { name: 'broken', command: 'echo about to fail; exit 7', autoStart: true, restart: never },
      { name: 'idle', command: 'exec sleep 1000' },
      {
        name: 'stubborn',
        command: `trap '' TERM; echo deaf; while :; do sleep 0.05; done`,
        stop: { signal: 'SIGTERM', graceMs: 300 },
      },
      {
        name: 'unhurried',
        command: `trap 'until [ -e let-go ]; do sleep 0.05; done; exit 0' TERM; echo deaf; while :; do sleep 0.05; done`,
        workingDir: here.dir,
        stop: { signal: 'SIGTERM', graceMs: 60_000 },
      },
      { name: 'kept-waiting', command: 'exec sleep 1000', dependsOn: { broken: 'completed' } },
      { name: 'nowhere', command: 'exec sleep 1000', workingDir: '/nonexistent/directory' },
    ],
    '--labels',
    'zone=a,gpu=no',
  );
  await here.untilState('n1/web', 'running');
  await here.untilState('n1/broken', 'failed');
  await until('its words to be stored', 60_000, async () => (await here.cli('logs', 'broken')).out !== '');
});
afterAll(() => here.stop());

/** Started, and so far that it takes SIGTERM as it means to: it says so behind its trap. */
async function startDeaf(name: string): Promise<void> {
  const said = async (): Promise<number> => (await here.cli('logs', name, '-n', 'all')).out.split('deaf').length;
  const before = await said();
  await here.cli('start', name);
  await until(`${name} to be deaf`, 60_000, async () => (await said()) > before);
}

const rows = (out: string): string[][] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));

describe('ls', () => {
  test('shows problems first, each with its reason', async () => {
    const { code, out } = await here.cli('ls');
    expect(code).toBe(0);
    const [titles, first, second] = rows(out);
    expect(titles).toEqual(['NODE', 'NAME', 'STATE', 'UP', 'RST', 'CPU', 'MEM', 'WHY']);
    expect(first?.slice(0, 3)).toEqual(['n1', 'broken', 'failed']);
    expect(first?.at(-1)).toContain('exit code 7');
    expect(second?.slice(0, 3)).toEqual(['n1', 'web', 'running']);
  });

  test('takes selectors, and names cut short', async () => {
    const names = async (...words: string[]) =>
      (await here.cli('ls', '-o', 'name', ...words)).out.trim().split('\n').sort();
    expect(await names('zone=a', 'state=failed')).toEqual(['n1/broken']);
    expect(await names('w*', 'stub')).toEqual(['n1/stubborn', 'n1/web']);
    expect(await names('gpu=yes')).toEqual(['']);
  });

  test('is JSON when asked', async () => {
    const json = JSON.parse((await here.cli('ls', 'web', '-o', 'json')).out) as object[];
    const [line = ''] = (await here.cli('ls', 'web', '-o', 'jsonl')).out.split('\n');
    for (const view of [json[0], JSON.parse(line)]) expect(view).toMatchObject({ key: 'n1/web', state: 'running' });
  });

  test('has no colour where there is no terminal, and cuts nothing', async () => {
    const { out } = await here.cli('ls');
    expect(out).not.toContain('\x1b');
    expect(out).not.toContain('…');
  });
});

describe('how it ends', () => {
  test.each([
    [3, ['ls', 'wbe'], /No process is called wbe; did you mean web/],
    [3, ['stop', 'wbe'], /wbe/],
    [
      3,
      ['logs', 'nothing-so-called'],
      /No process or job is called nothing-so-called; `procguard ls` and `procguard jobs`/,
    ],
    [3, ['logs', 'w1/never'], /No process is called w1\/never/],
    [3, ['logs', 'web', 'nothing-so-called'], /No process is called nothing-so-called/],
    [2, ['ls', 'state=runing'], /did you mean state=running/],
    [2, ['lss'], /Did you mean ls/],
    [2, ['ls', '-o', 'xml'], /known: table, json/],
    [2, ['stop'], /selector/],
    [2, ['stop', 'web', '--timeout', 'soon'], /no duration/],
    [2, ['ls', '--url', 'localhost'], /no address/],
    [5, ['ls', '--url', 'http://127.0.0.1:1'], /No manager answers at http:\/\/127.0.0.1:1 .*procguard manager/],
    [5, ['logs', 'web', '-f', '--url', 'http://127.0.0.1:1'], /No manager answers/],
  ] as const)('with %i: %j', async (code, args, sentence) => {
    const ran = await here.cli(...args);
    expect({ code: ran.code, out: ran.out }).toEqual({ code, out: '' });
    expect(ran.err).toMatch(sentence);
  });

  test('quietly, when nobody reads on', () => {
    const command = `"${process.execPath}" "${PROCGUARD}" logs n1/web -n all | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', command], {
      encoding: 'utf8',
      env: { ...process.env, PROCGUARD_URL: here.url },
    });
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
  });
});

test('status says why, shows the last lines and what to do, and is 1 for a process in trouble', async () => {
  const { code, out } = await here.cli('status', 'broken');
  expect(code).toBe(1);
  expect(out).toMatch(/^n1\/broken {2}failed for /);
  expect(out).toMatch(/why +it ended by itself: exit code 7; the policy is never to restart/);
  expect(out).toContain('│ about to fail');
  expect(out).toMatch(/next +procguard logs \S*broken says why; then procguard start \S*broken/);
  expect((await here.cli('status', 'web')).code).toBe(0);
});

test('nodes shows the machine', async () => {
  const { out } = await here.cli('nodes');
  const [, row] = rows(out);
  expect(row?.slice(0, 2)).toEqual(['n1', 'busy']);
  expect(out).toContain('zone=a');
  expect((await here.cli('nodes', '-o', 'name')).out).toBe('n1\n');
});

describe('control', () => {
  test('a dry run names the targets and does nothing', async () => {
    const { code, out } = await here.cli('stop', 'zone=a', 'w*', '--dry-run');
    expect([code, out]).toEqual([0, 'web n1: would stop\n']);
    expect((await here.cli('ls', 'web', '-o', 'json')).out).toContain('"running"');
  });

  test('stop shows how it went, and means it', async () => {
    await here.cli('start', 'idle');
    const [view] = JSON.parse((await here.cli('ls', 'idle', '-o', 'json')).out) as { pid: number }[];
    const { code, out } = await here.cli('stop', 'idle');
    expect(code).toBe(0);
    expect(out).toMatch(/^idle n1: SIGTERM \d+\.\ds, .*gone \d+\.\ds {2}\(verified: /);
    expect(() => process.kill(view?.pid ?? 0, 0)).toThrow(/ESRCH/);
    expect((await here.cli('stop', 'idle')).out).toMatch(/idle n1: already stopped/);
  });

  test('stop of one that does not listen shows the second signal', async () => {
    await startDeaf('stubborn');
    const { code, out } = await here.cli('stop', 'stubborn');
    expect(code).toBe(0);
    expect(out).toMatch(/SIGTERM \d+\.\ds, \d+ left, SIGKILL \d+\.\ds, .*gone \d+\.\ds {2}\(verified: /);
  });

  test('restart proves the end of the old and names the new', async () => {
    const { out } = await here.cli('restart', 'web');
    expect(out).toMatch(/^web n1: SIGTERM .* {2}\(verified: [^)]*\); running, pid \d+/);
  });

  test('what succeeded is on stdout, what failed on stderr, and the exit code is 4', async () => {
    const { code, out, err } = await here.cli('start', 'web', 'nowhere');
    expect(code).toBe(4);
    expect(out).toMatch(/^web n1: already running, pid \d+\n$/);
    expect(err).toMatch(/^nowhere n1: .*nonexistent/);
    expect((await here.cli('start', 'nowhere')).code).toBe(1);
  });

  test('it does not wait longer than told, and says that the command goes on', async () => {
    await startDeaf('unhurried');
    const { code, err } = await here.cli('stop', 'unhurried', '--timeout', '50ms');
    expect([code, err]).toEqual([1, expect.stringMatching(/not done after 0.05 s; it goes on/)]);
    writeFileSync(join(here.dir, 'let-go'), '');
    await here.untilState('n1/unhurried', 'stopped');
  });

  test('it waits as long as told, also beyond the five seconds after which Node gives up by itself', async () => {
    await here.cli('stop', 'web');
    const { code, err } = await here.cli('start', 'kept-waiting', '--timeout', '6s');
    expect([code, err]).toEqual([1, expect.stringMatching(/not done after 6 s; it goes on/)]);
    await here.cli('stop', 'kept-waiting');
    await here.cli('start', 'web');
  });
});

describe('on a terminal', () => {
  const onTerminal = (command: string, input = '', env: Record<string, string> = {}): string =>
    spawnSync('script', ['-qec', command, '/dev/null'], {
      encoding: 'utf8',
      input,
      env: { ...process.env, PROCGUARD_URL: here.url, NO_COLOR: '', TERM: 'xterm', ...env },
    }).stdout;
  const procguard = `"${process.execPath}" "${PROCGUARD}"`;

  test('it is coloured and as wide as the terminal, unless NO_COLOR', () => {
    const out = onTerminal(`stty cols 60; ${procguard} ls`);
    expect(out).toContain('\x1b[31mfailed\x1b[0m');
    const lines = out
      .replace(/\x1b\[\d+m/g, '')
      .trimEnd()
      .split('\r\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(lines[1]).toMatch(/…$/);
    expect(onTerminal(`${procguard} ls`, '', { NO_COLOR: '1' })).not.toContain('\x1b');
    expect(onTerminal(`${procguard} ls --no-color`)).not.toContain('\x1b');
  });

  test('before several are stopped it names the number, and no means no', async () => {
    const out = onTerminal(`${procguard} stop all`, 'n\n');
    expect(out).toMatch(/stop 7 processes \(.*n1\/web.*\)\? \[y\/N\]/);
    expect(out).toContain('Nothing was done.');
    await here.untilState('n1/web', 'running');
  });
});

test('completions are scripts that their shell can read, and know the processes', () => {
  const { stdout } = spawnSync(process.execPath, [PROCGUARD, 'completion', 'bash'], { encoding: 'utf8' });
  const complete = `${stdout}
procguard() { "${process.execPath}" "${PROCGUARD}" "$@"; }
COMP_WORDS=(procguard stop n1/w) COMP_CWORD=2; _procguard; echo "\${COMPREPLY[@]}"
COMP_WORDS=(procguard sta) COMP_CWORD=1; _procguard; echo "\${COMPREPLY[@]}"`;
  const ran = spawnSync('bash', ['-c', complete], {
    encoding: 'utf8',
    env: { ...process.env, PROCGUARD_URL: here.url },
  });
  expect([ran.stdout, ran.stderr]).toEqual(['n1/web\nstatus start\n', '']);
  for (const shell of ['zsh', 'fish'])
    expect(spawnSync(process.execPath, [PROCGUARD, 'completion', shell], { encoding: 'utf8' }).stdout).toContain(
      'ls -o name',
    );
});

test('config is checked without a manager', async () => {
  const sample = join(__dirname, '../../configs/procguard_config.yaml');
  expect(await here.cli('config', 'check', sample)).toMatchObject({ code: 0, out: `${sample}: ok\n` });
  expect(await here.cli('config', 'check', '/nonexistent.yaml')).toMatchObject({ code: 2, out: '' });
  expect((await here.cli('config', 'get', 'web.port', '--config', sample)).out).toMatch(/^\d+\n$/);
});
