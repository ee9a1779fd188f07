import { JobDocument } from './job-document';

test.each([
  ['a line for the shell', { command: 'echo a\0b' }],
  ['a word', { command: ['echo', 'a\0b'] }],
  ['an argument', { command: 'echo', args: ['a\0b'] }],
  ['a variable', { command: 'env', env: { A: 'a\0b' } }],
])('%s that holds a NUL is refused: no program can be given one', (_what, job) => {
  expect(JobDocument.safeParse(job).error?.issues[0]?.message).toBe('must not hold a NUL');
});
