import { readJobArray } from './job-array';
import { LIMITS } from './limits';

test.each([
  ['1-3', [1, 2, 3], null],
  ['1-100%8', Array.from({ length: 100 }, (_, at) => at + 1), 8],
  ['7', [7], null],
  ['0,3,1', [0, 1, 3], null],
  ['1-9:4', [1, 5, 9], null],
  ['1-2,2-4%1', [1, 2, 3, 4], 1],
])('%s', (text, indices, atOnce) => {
  expect(readJobArray(text)).toEqual({ indices, atOnce });
});

test.each(['', '%8', 'a-b', '3-1', '1-9:0', '1-3%0', '-1', '1.5', '1-', '1-3%', `0-${LIMITS.jobsPerSubmitMax}`])(
  '%j is refused in words',
  (text) => {
    expect(typeof readJobArray(text)).toBe('string');
  },
);

test('as many as one submission may hold', () => {
  const array = readJobArray(`1-${LIMITS.jobsPerSubmitMax}`);
  expect(typeof array === 'string' ? array : array.indices.length).toBe(LIMITS.jobsPerSubmitMax);
});
