import { problemOf, problemsByField } from './form-problems';
import { EMPTY_FORM, formOf, wordsOf } from './process-form';
import { setWith } from './set-with';

const WORDS = {
  name: 'web',
  worker: 'w1',
  command: ['node', 'a b.js'],
  env: { PORT: '8080' },
  env_file: ['/etc/env'],
  limits: { memory: '512M', nice: 5 },
  max_restarts: 3,
  restart_policy: 'always',
  stop: { signal: 'SIGINT', grace: '2s', then: [{ signal: 'SIGQUIT', grace: '1s' }] },
  ready: { tcp: 'db:5432', within: null },
  alive: [{ silence: '10m', of: 'cpu', action: 'warn' }, { progress: 'step (\\d+)', within: '5m' }, { exec: 'true', failures: 2 }], // prettier-ignore
  depends_on: { 'w2/db': 'ready' },
  auto_start: false,
};

it('gives back the definition it was filled with, and what it has no field for', () => {
  const form = formOf(WORDS, 'shop');
  expect(wordsOf(form)).toEqual(WORDS);
  expect(form.rest).toEqual({ env_file: ['/etc/env'] });
});

it('says nothing of fields that were left empty, and places by labels where that is chosen', () => {
  const form = { ...EMPTY_FORM, texts: { ...EMPTY_FORM.texts, name: 'x', worker: 'w1', 'limits.cpu': 'many' }, command: 'sleep 1' }; // prettier-ignore
  expect(wordsOf(form)).toEqual({ name: 'x', worker: 'w1', command: 'sleep 1', limits: { cpu: 'many' } });
  const placed = wordsOf({ ...form, byLabels: true, match: [{ name: 'role', value: 'web*' }] });
  expect(placed).toMatchObject({ match: { role: 'web*' } });
  expect(placed).not.toHaveProperty('worker');
});

it('puts one process into its set, and leaves the others as they are', () => {
  const others = [{ name: 'a', worker: 'w1' }, { name: 'web', worker: 'w2' }]; // prettier-ignore
  const set = { set: 'shop', processes: [...others, WORDS] };
  expect(setWith(set, WORDS, { ...WORDS, command: 'x' })).toEqual({
    document: { set: 'shop', processes: [...others, { ...WORDS, command: 'x' }] },
    entry: 2,
  });
  expect(setWith(set, null, { name: 'new', worker: 'w1' }).entry).toBe(3);
});

it('brings each problem to its field', () => {
  const at = (key: string) => ({ key, line: 1, column: 1, sentence: `${key}: must be a size` });
  const problems = problemsByField([at('processes[1].limits.memory'), at('processes[0].name'), at('set')], 1);
  expect(problems.get('limits.memory')).toBe('limits.memory: must be a size');
  expect(problemOf(problems, 'limits')).toBe('limits.memory: must be a size');
  expect([...problems.keys()]).toEqual(['limits.memory', 'set']);
});
