import { exitOfJob, worstOf } from './job-end';

test.each([
  ['completed', 0, null, 0],
  ['failed', 7, null, 7],
  ['failed', null, 'SIGKILL', 137],
  ['failed', null, null, 1],
  // It took SIGTERM for a good end; it is none.
  ['cancelled', 0, null, 1],
  ['cancelled', null, 'SIGTERM', 1],
  // Cancelled between two tries: the codes are of the one before.
  ['cancelled', 5, null, 1],
  ['cancelled', null, 'SIGKILL', 1],
  ['cancelled', null, null, 1],
] as const)('%s with exit code %s and %s ends with %i', (state, exit_code, signal, code) => {
  expect(exitOfJob({ state, exit_code }, signal)).toBe(code);
});

test('of several the worst counts', () => {
  expect(worstOf([0, 3, 137])).toBe(137);
  expect(worstOf([])).toBe(0);
});
