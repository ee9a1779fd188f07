/** Named jobs, what failed for good, and lists in other orders, from the command line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobView } from '../../protocol/job-views';
import { until } from '../harness/until';
import { ProgramsHere } from './programs-here';

let here: ProgramsHere;
beforeAll(async () => {
  here = new ProgramsHere();
  const templates = join(here.dir, 'configs/jobs');
  mkdirSync(templates, { recursive: true });
  const file = (name: string, text: string): void => writeFileSync(join(templates, `${name}.yaml`), text);
  file(
    'train',
    `description: a try
parameters: {epochs: 3, data: ~}
command: echo epochs {epochs} of {data}
retries: {max: 1, delay: 10ms}
env: {API_KEY: hush}
`,
  );
  file('broken', 'comand: x\n');
  await here.startManager();
  await here.startWorker('w1', [], '--slots', '2');
  await until('the worker to be connected', 60_000, async () => /^w1 +idle/m.test((await cli('nodes')).out));
});
afterAll(() => here.stop());

const cli = (...args: string[]) => here.cli(...args);
const json = async (...args: string[]): Promise<unknown> => JSON.parse((await cli(...args, '-o', 'json')).out);

test('they are listed with their parameters, and one is shown in full, its secrets masked', async () => {
  const { out } = await cli('templates');
  expect(out).toMatch(/^train +epochs=3 data= +a try$/m);
  expect(out).toMatch(/^broken .*\S/m);
  expect((await cli('templates', '-o', 'name')).out).toBe('broken\ntrain\n');
  const shown = (await cli('templates', 'train')).out;
  expect(shown).toContain('command: echo epochs {epochs} of {data}');
  expect(shown).not.toContain('hush');
  expect(await cli('templates', 'trian')).toMatchObject({ code: 3, err: expect.stringMatching(/near to it: train/) });
});

test('one is submitted with parameters, flags and further words', async () => {
  const flags = ['--template', 'train', '--set', 'epochs=5', '--set', `data=it's`, '--tag', 'team=nlp'];
  expect(await cli('submit', '--logs', '--id', 'named', ...flags, '--', '--fast', 'a b')).toMatchObject({
    code: 0,
    out: `epochs 5 of it's --fast a b\n`,
  });
  expect(await json('job', 'named')).toMatchObject({ name: 'train', retries_max: 1, labels: { team: 'nlp' } });
  expect(JSON.parse((await cli('submit', '--dry-run', ...flags)).out)).toMatchObject({
    template: 'train',
    parameters: { epochs: 5, data: `it's` },
  });
});

test('a sweep of a parameter is a job for each value', async () => {
  const { code, out } = await cli(
    ...['submit', '--wait', '--template', 'train', '--set', 'data=x', '--sweep', 'epochs=1,2', '--id', 'swept'],
  );
  expect({ code, out }).toEqual({ code: 0, out: 'swept.0 completed: exit code 0\nswept.1 completed: exit code 0\n' });
  await until('its output', 60_000, async () => (await cli('logs', 'swept.1')).out === 'epochs 2 of x\n');
});

test.each([
  [2, ['submit', '--template', 'train'], /the parameter data has no default and must be given/],
  [2, ['submit', '--template', 'train', '--set', 'epoch=1'], /no parameter epoch; it has epochs, data/],
  [2, ['submit', '--template', 'broken'], /comand/],
  [3, ['submit', '--template', 'nobody'], /there are: broken, train/],
  [3, ['jobs', 'submit', 'nobody'], /there are: broken, train/],
])('exit code %i for %j', async (code, args, said) => {
  expect(await cli(...args)).toMatchObject({ code, err: expect.stringMatching(said) });
});

test('in SimpleTuner’s words: its retries, its targets, and refused where nobody can begin it at once', async () => {
  const { code, out } = await cli('jobs', 'submit', 'train', '--target', 'local', '--set', 'data=x', '-o', 'name');
  expect(code).toBe(0);
  expect(await json('job', out.trim())).toMatchObject({ via: 'simpletuner', retries_max: 1 });
  expect(JSON.parse((await cli('jobs', 'submit', 'train', '--dry-run', '--no-wait')).out)).toEqual({
    config_name: 'train',
    target: 'auto',
    no_wait: true,
    any_gpu: false,
    parameters: {},
  });
  await cli('submit', '--id', 'full', '--array', '1-2', 'exec sleep 1000');
  await until(
    'both slots to be taken',
    60_000,
    async () => (await cli('jobs', 'state=active', 'array=full', '-o', 'name')).out.split('\n').length === 3,
  );
  expect(await cli('jobs', 'submit', 'train', '--no-wait', '--set', 'data=x')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/no worker has room/),
  });
  await cli('cancel', '-y', 'full');
  await cli('wait', 'full');
});

test('what failed for good is listed and tried again by one act, and asked again there is nothing more to do', async () => {
  const gate = join(here.dir, 'fixed');
  for (const [id, team] of [
    ['dead-a', 'nlp'],
    ['dead-b', 'cv'],
  ] as const)
    await cli('submit', '--wait', '--id', id, '--tag', `team=${team}`, `[ -e ${gate} ] || exit 3`);
  expect((await cli('jobs', '--dead', '-o', 'name')).out).toBe('dead-b\ndead-a\n');
  expect((await cli('retry', '--dead', '--dry-run', '-o', 'name')).out).toBe('dead-b\ndead-a\n');
  writeFileSync(gate, '');
  expect((await cli('retry', '--dead', 'team=nlp', '-o', 'name')).out).toBe('dead-a\n');
  expect((await cli('wait', 'dead-a')).code).toBe(0);
  expect((await cli('jobs', '--dead', '-o', 'name')).out).toBe('dead-b\n');
  expect(await cli('retry', '--dead', 'team=nlp')).toMatchObject({
    code: 3,
    err: expect.stringMatching(/nothing was done/),
  });
});

const lastTryMs = async (id: string): Promise<number> => {
  const { tries } = (await (await fetch(`${here.url}/api/jobs/${id}`)).json()) as JobView;
  const { started_at_ms: from, ended_at_ms: to } = tries.at(-1) ?? {};
  return (to ?? NaN) - (from ?? NaN);
};

test('a list in another order', async () => {
  await cli('submit', '--id', 'urgent', '--priority', '1', '--hold', '--', 'true');
  await cli('submit', '--id', 'patient', '--priority', '9', '--hold', '--', 'true');
  const ids = async (...flags: string[]): Promise<string[]> =>
    (await cli('jobs', '-o', 'name', ...flags)).out.trimEnd().split('\n');
  expect((await ids('--sort', 'priority'))[0]).toBe('urgent');
  expect((await ids('--sort', '-priority'))[0]).toBe('patient');
  const longestFirst = await ids('--sort', '-duration', 'state=completed,failed');
  const took = await Promise.all(longestFirst.map(lastTryMs));
  expect(took.length).toBeGreaterThan(3);
  expect(took).toEqual([...took].sort((a, b) => b - a));
  expect(await ids('--sort', '-duration', 'state=completed,failed', '-n', '1')).toEqual(longestFirst.slice(0, 1));
});

test('a job that ran long enough to be measured tells what it used', async () => {
  await cli('submit', '--id', 'busy', 'while :; do :; done');
  const total = async (): Promise<Total | null> => ((await json('job', 'busy')) as Tries).tries[0]?.total ?? null;
  // The first look at a process has nothing to compare with.
  await until('its use to be measured', 60_000, async () => ((await total())?.cpu_seconds ?? 0) > 0.1);
  await cli('cancel', 'busy');
  await cli('wait', 'busy');
  const used = await total();
  expect(used?.cpu_seconds).toBeGreaterThan(0.1);
  expect(used?.max_rss_bytes).toBeGreaterThan(100_000);
  expect((await cli('job', 'busy')).out).toMatch(/ of CPU, at most \d/);
});
type Total = { readonly cpu_seconds: number; readonly max_rss_bytes: number };
type Tries = { readonly tries: readonly { readonly total: Total | null }[] };
