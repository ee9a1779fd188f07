/** `procguard selftest` as users run it: every promise is told, and nothing is left. */
import { readdirSync } from 'node:fs';
import { PROCGUARD } from '../harness/manager';
import { findMarked } from '../harness/leftovers';
import type { Program } from '../harness/program';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
/** In a place of its own, so that what is left there is its own. */
function selftest(...words: string[]): { program: Program; untilNothingIsLeft(): Promise<unknown> } {
  const place = world.directory();
  const program = world.start([process.execPath, PROCGUARD, ...words], { cwd: place, env: { TMPDIR: place } });
  // Who was sent SIGKILL may take a moment to vanish.
  const untilNothingIsLeft = () =>
    until('nothing to be left', 60_000, () => findMarked(world.id).length === 0 && readdirSync(place).length === 0);
  return { program, untilNothingIsLeft };
}

interface Told {
  readonly promise: string;
  readonly result: string;
  readonly how: string;
}

test('the promises hold here, each with how it was checked, and nothing is left behind', async () => {
  const { program, untilNothingIsLeft } = selftest('-o', 'jsonl', 'selftest', '--quick');
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
  await untilNothingIsLeft();
});

test('interrupted, it takes down what it began', async () => {
  const { program, untilNothingIsLeft } = selftest('selftest', '--quick');
  await until('the first finding', 120_000, () => program.output.includes('holds'));
  expect((await program.end('SIGINT')).code).toBe(130);
  await untilNothingIsLeft();
});
