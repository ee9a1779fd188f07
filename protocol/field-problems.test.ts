import { z } from 'zod';
import { fieldProblems } from './field-problems';
import { ProcessBody } from './http';
import { JobDocument } from './job-document';

const told = (schema: z.ZodType, value: unknown): string => {
  const { error } = schema.safeParse(value);
  if (error === undefined) throw new Error('it was understood');
  return fieldProblems(error, value);
};
const limit = z.object({ limit: z.coerce.number().int().min(1).max(1000) });

test.each<[string, z.ZodType, unknown, string]>([
  ['a type', z.object({ a: z.string() }), { a: 7 }, 'a must be text, not 7'],
  [
    'two types',
    z.object({ a: z.union([z.string(), z.array(z.string())]) }),
    { a: 7 },
    'a must be text or a list, not 7',
  ],
  [
    'inside of the type that was meant',
    z.object({ a: z.union([z.string(), z.array(z.string())]) }),
    { a: [7] },
    'a.0 must be text, not 7',
  ],
  [
    'a job’s devices, too few',
    JobDocument,
    { command: 'x', needs: { gpus: -1 } },
    'needs.gpus must be at least 0, not -1',
  ],
  [
    'a job’s devices, a size',
    JobDocument,
    { command: 'x', needs: { gpus: { count: 1, memory: '10Q' } } },
    'needs.gpus.memory: must be bytes, or a number with K, M, G or T (512M, 2G) (given: "10Q")',
  ],
  [
    'a job’s devices, a slip of the pen',
    JobDocument,
    { command: 'x', needs: { gpus: { cuont: 1 } } },
    'needs.gpus.cuont is not known here',
  ],
  [
    'a job’s retries, a time',
    JobDocument,
    { command: 'x', retries: { max: 1, delay: '5x' } },
    'retries.delay: must be seconds, or a number with ms, s, m, h or d (10s, 1.5h) (given: "5x")',
  ],
  ['what is missing', z.object({ a: z.boolean() }), {}, 'a is missing; it must be true or false'],
  ['a choice', z.object({ a: z.enum(['x', 'y']) }), { a: 'z' }, 'a must be one of x, y, not "z"'],
  ['a limit above', limit, { limit: '1001' }, 'limit must be at most 1000, not 1001'],
  ['a limit below', limit, { limit: '0' }, 'limit must be at least 1, not 0'],
  ['no number', limit, { limit: 'many' }, 'limit must be a number, not "many"'],
  [
    'a length',
    z.object({ a: z.string().max(3) }),
    { a: 'x'.repeat(99) },
    'a must have at most 3 characters, not 99 characters',
  ],
  ['a count', z.object({ a: z.array(z.string()).min(1) }), { a: [] }, 'a must have at least 1 entries, not []'],
  ['the whole', z.object({}), [1], 'it must be an object, not [1]'],
  [
    'a place inside',
    z.object({ a: z.array(z.object({ b: z.string() })) }),
    { a: [{ b: 1 }] },
    'a.0.b must be text, not 1',
  ],
  [
    'two fields',
    z.object({ a: z.string(), b: z.string() }),
    {},
    'a is missing; it must be text; b is missing; it must be text',
  ],
])('%s', (_what, schema, value, sentence) => {
  expect(told(schema, value)).toBe(sentence);
});

test('a sentence of the schema stands as it is, once', () => {
  expect(told(ProcessBody, { name: '', command: 'x' })).toBe('name: process is empty (given: "")');
  expect(told(ProcessBody, { name: 'a', command: '' })).toBe('command is empty (given: "")');
  const many = z.object({ jobs: z.array(ProcessBody) });
  expect(told(many, { jobs: [{ name: 'a', command: '' }] })).toBe('jobs.0.command is empty (given: "")');
});

test('the value of a variable is never repeated', () => {
  for (const env of [{ 'A=B': 'secret' }, { A: ['secret'] }])
    expect(told(ProcessBody, { name: 'a', command: 'x', env })).not.toContain('secret');
});

test('a name that every object has is a field like any other', () => {
  expect(told(z.object({ constructor: z.string() }), {})).toBe('constructor is missing; it must be text');
});
