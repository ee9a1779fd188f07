/** `procguard selftest` as users run it: every promise is told, and nothing is left. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { PROCGUARD } from '../harness/manager';
import { findMarked } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const placesLeft = () => readdirSync(tmpdir()).filter((name) => name.startsWith('procguard-selftest-'));

interface Told {
  readonly promise: string;
  readonly result: string;
  readonly how: string;
}

test('the promises hold here, each with how it was checked, and nothing is left behind', async () => {
  const before = placesLeft();
  const program = world.start([process.execPath, PROCGUARD, '-o', 'jsonl', 'selftest', '--quick'], {
    cwd: world.directory(),
  });
  const { code } = await program.ended;
  const told = program.output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Told);
  expect(told.filter(({ result }) => result === 'BROKEN')).toEqual([]);
  expect(told.map(({ promise }) => promise)).toEqual([
    'restarting or killing ProcGuard never touches your processes',
    'every line is stored once and in order',
    'never two copies of one process',
    'stop means gone',
    'no signal to a process that ProcGuard did not start',
    'an exit code is true, also when nobody was there',
    'a crash loop ends',
  ]);
  expect(code).toBe(0);
  expect(placesLeft()).toEqual(before);
  expect(findMarked(world.id)).toEqual([]);
});

test('interrupted, it takes down what it began', async () => {
  const before = placesLeft();
  const program = world.start([process.execPath, PROCGUARD, 'selftest', '--quick'], { cwd: world.directory() });
  await until('the first finding', 20_000, () => program.output.includes('holds'));
  expect((await program.end('SIGINT')).code).toBe(130);
  expect(placesLeft()).toEqual(before);
  expect(findMarked(world.id)).toEqual([]);
});
