/** `procguard logs` and `events`: exactly what was written, and with -f also what comes, over the manager's death. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventView } from '../../protocol/views';
import { until } from '../harness/until';
import { ProgramsHere } from './programs-here';

let here: ProgramsHere;
/** What the process `echoes` writes, because the test writes it here. */
let script: string;
const say = (text: string | Buffer): void => appendFileSync(script, text);

/** By signs: each line is written when the one before it is stored. */
const TWO_STREAMS = `echo 'out 1'; while ! [ -e first ]; do sleep 0.01; done; echo 'err 1' >&2
  while ! [ -e second ]; do sleep 0.01; done; echo 'out 2'
  while ! [ -e half ]; do sleep 0.01; done; printf 'half of '; while ! [ -e other ]; do sleep 0.01; done
  echo 'err 2' >&2; while ! [ -e whole ]; do sleep 0.01; done; echo 'a line'; exec sleep 1000`;
const sign = (name: string): void => writeFileSync(join(here.dir, name), '');

beforeAll(async () => {
  here = new ProgramsHere();
  script = join(here.dir, 'script');
  writeFileSync(script, '');
  await here.startManager();
  await here.startWorker('n1', [
    { name: 'echoes', command: ['tail', '-n', '+1', '-f', script], autoStart: true },
    { name: 'counts', command: 'i=0; while [ $i -lt 500 ]; do i=$((i+1)); echo "count $i"; done', autoStart: true },
    { name: 'two', command: TWO_STREAMS, workingDir: here.dir, output: 'split', autoStart: true },
    { name: 'lives', command: 'echo "life of $$"; exec sleep 1000', autoStart: true },
  ]);
  await here.untilState('n1/counts', 'exited');
  await eventually(['logs', 'lives'], (out) => out.endsWith('\n'));
});
afterAll(() => here.stop());

const lines = (text: string): string[] => text.split('\n').slice(0, -1);
/** Repeats a command until its output is as wanted: bytes are on their way for a moment. */
async function eventually(args: string[], wanted: (out: string) => boolean): Promise<string> {
  const endsAt = performance.now() + 60_000;
  for (;;) {
    const { out } = await here.cli(...args);
    if (wanted(out)) return out;
    if (performance.now() > endsAt) throw new Error(`in vain: procguard ${args.join(' ')}: ${out}`);
  }
}
/** What is stored by now arrived in a second that is over: times of arrival are to the second. */
async function nextSecond(): Promise<void> {
  const second = (): number => Math.floor(Date.now() / 1000);
  const now = second();
  await until('the second to be over', 60_000, () => second() > now);
}

test('the newest lines, as many as asked', async () => {
  await eventually(['logs', 'counts', '-n', 'all'], (out) => out.endsWith('count 500\n'));
  expect((await here.cli('logs', 'counts', '-n', '3')).out).toBe('count 498\ncount 499\ncount 500\n');
  expect(lines((await here.cli('logs', 'counts')).out)).toHaveLength(200);
  expect(lines((await here.cli('logs', 'counts', '-n', 'all')).out)).toHaveLength(500);
});

test('only what matches, only since, with times, as JSON', async () => {
  expect((await here.cli('logs', 'counts', '--grep', '^count 4\\d$', '-n', '2')).out).toBe('count 48\ncount 49\n');
  expect(lines((await here.cli('logs', 'counts', '--since', '1h')).out)).toHaveLength(200);
  expect((await here.cli('logs', 'counts', '--since', '2100-01-01')).out).toBe('');
  expect((await here.cli('logs', 'counts', '-t', '-n', '1')).out).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d count 500\n$/,
  );
  const [line = ''] = lines((await here.cli('logs', 'counts', '-o', 'json', '-n', '1')).out);
  expect(JSON.parse(line)).toMatchObject({ key: 'n1/counts', line: 'count 500' });
  expect(await here.cli('logs', 'counts', '--grep', '(')).toMatchObject({ code: 2, out: '' });
});

test('several are told apart by name', async () => {
  const { out } = await here.cli('logs', 'counts', 'lives', '-n', '1');
  expect(out).toMatch(/^n1\/lives {2}\| life of \d+$/m);
  expect(out).toMatch(/^n1\/counts \| count 500$/m);
});

test('one run, or the one before', async () => {
  const first = (await here.cli('logs', 'lives')).out;
  await here.cli('restart', 'lives');
  await eventually(['logs', 'lives'], (out) => lines(out).length === 2);
  expect((await here.cli('logs', 'lives', '--previous')).out).toBe(first);
  expect(await here.cli('logs', 'lives', '--run', 'nonsense')).toMatchObject({ code: 3 });
});

test('bytes pass as they are', async () => {
  const bytes = '\x1b[31mred\x1b[0m \r50%\r100%\nunfinished';
  say(bytes);
  await eventually(['logs', 'echoes', '-n', 'all'], (out) => out === bytes);
  say('\n');
});

test('following goes on where the stored lines end, also over the death of the manager', async () => {
  const numbers = (from: number, to: number): string =>
    Array.from({ length: to - from + 1 }, (_, i) => `number ${from + i}\n`).join('');
  say(`${numbers(1, 40)}number 41 is not`);
  await eventually(['logs', 'echoes'], (out) => out.endsWith('is not'));
  const bare = here.run('logs', 'echoes', '-f', '-n', '5');
  const named = here.run('logs', 'echoes', 'counts', '-f', '-n', '5');
  const matching = here.run('logs', 'echoes', '-f', '-n', '1', '--grep', '0$|yet', '-o', 'json');
  await bare.until('the beginning', (out) => out.endsWith('is not'));
  await named.until('the beginning', (out) => out.includes('number 40\n') && out.includes('count 500\n'));
  await matching.until('the beginning', (out) => out.includes('number 40"'));
  say(` yet\n${numbers(42, 100)}`);
  await Promise.all([bare, named].map((one) => one.until('100', (out) => out.endsWith('number 100\n'))));
  await matching.until('100', (out) => out.includes('number 100"'));

  await here.killManager();
  say(numbers(101, 1000));
  await here.startManager();
  say(numbers(1001, 1100));
  for (const one of [bare, named]) await one.until('1100', (out) => out.endsWith('number 1100\n'));
  await matching.until('1100', (out) => /number 1100"[^\n]*\n$/.test(out));

  expect(bare.out).toBe(`${numbers(36, 40)}number 41 is not yet\n${numbers(42, 1100)}`.split('\n').slice(1).join('\n'));
  const echoes = lines(named.out).filter((line) => line.startsWith('n1/echoes | '));
  expect(echoes.map((line) => `${line.slice('n1/echoes | '.length)}\n`).join('')).toBe(bare.out);
  const matched = lines(matching.out).map((line) => (JSON.parse(line) as { line: string }).line);
  expect(matched).toEqual([
    'number 40',
    'number 41 is not yet',
    ...Array.from({ length: 106 }, (_, i) => `number ${50 + i * 10}`),
  ]);
  await until('its word of it', 60_000, () => /lost .*\nConnected again\./.test(bare.err));
});

test('following two streams: what is stored by time, what comes in whole lines', async () => {
  await eventually(['logs', 'two'], (out) => out === 'out 1\n');
  await nextSecond();
  sign('first');
  await eventually(['logs', 'two'], (out) => out === 'out 1\nerr 1\n');
  await nextSecond();
  sign('second');
  await eventually(['logs', 'two'], (out) => out === 'out 1\nerr 1\nout 2\n');
  const all = here.run('logs', 'two', '-f');
  const two = here.run('logs', 'two', '-f', '-n', '2');
  const errors = here.run('logs', 'two', '-f', '--stderr');
  await all.until('the beginning', (out) => out === 'out 1\nerr 1\nout 2\n');
  await two.until('the beginning', (out) => out === 'err 1\nout 2\n');
  await errors.until('the beginning', (out) => out === 'err 1\n');
  sign('half');
  await eventually(['logs', 'two', '-n', '1'], (out) => out.includes('half of '));
  sign('other');
  await all.until('the other stream', (out) => out.endsWith('err 2\n'));
  sign('whole');
  await all.until('the line', (out) => out.endsWith('out 2\nerr 2\nhalf of a line\n'));
  await two.until('the line', (out) => out === 'err 1\nout 2\nerr 2\nhalf of a line\n');
  await errors.until('its own', (out) => out === 'err 1\nerr 2\n');
});

test('following a restart shows the new run from its beginning', async () => {
  const follow = here.run('logs', 'lives', '-f', '-n', '1');
  const before = await follow.until('the living run', (out) => /^life of \d+\n$/.exec(out)?.[0]);
  await here.cli('restart', 'lives');
  await follow.until('the next run', (out) => lines(out).length === 2);
  expect(follow.out).toMatch(new RegExp(`^${before}life of \\d+\\n$`));
});

test('events: what happened, how loud, and what happens', async () => {
  const { out } = await here.cli('events', '-n', '1000');
  expect(out).toMatch(/info +process\.running +n1\/lives/);
  const loud = lines((await here.cli('events', '--level', 'warning', '-o', 'jsonl')).out);
  for (const line of loud) expect(['warning', 'error']).toContain((JSON.parse(line) as { level: string }).level);

  const follow = here.run('events', '-f', '-n', '1', '-o', 'jsonl');
  const seen = (text: string) => lines(text).map((line) => JSON.parse(line) as EventView);
  await follow.until('the newest', (text) => seen(text).length > 0);
  await here.cli('stop', 'lives');
  await follow.until('the stop', (text) =>
    seen(text).some(({ kind, process }) => kind === 'process.stopped' && process === 'lives'),
  );
  const numbers = seen(follow.out).map(({ seq }) => seq);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
});
