import { newestMatch, progressOf } from './progress';

test('the newest line that matches counts', () => {
  const lines = ['epoch 1: 10%', 'nothing', 'epoch 2: 55.5%', 'saved'];
  expect(progressOf(newestMatch('(?<=: )([\\d.]+)%', lines) ?? [])).toEqual({ percent: 55.5, message: null });
  expect(newestMatch('(\\d+) of', lines)).toBeNull();
});

test.each([
  [['x', '150', 'far'], { percent: 100, message: 'far' }],
  [['x', '-1'], { percent: 0, message: null }],
  [['x', 'half', 'way'], { percent: null, message: 'way' }],
  [['x', undefined, 'only words'], { percent: null, message: 'only words' }],
])('%j', (match, progress) => expect(progressOf(match)).toEqual(progress));

test('an expression that would take for ever is given up within its time', () => {
  const before = process.cpuUsage();
  expect(() => newestMatch('^(a+)+$', [`${'a'.repeat(60)}!`])).toThrow('timed out');
  // In time that this program had: a busy machine may give it little.
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(5_000);
  expect(newestMatch('a(b)', ['ab'])).toEqual(['ab', 'b']);
});

test('a machine that stands still is no fault of the expression', () => {
  let looks = 0;
  const standsStill = (): string => {
    // Longer than anything may take, without any work.
    if (looks++ === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
    return '12%';
  };
  const lines = Object.defineProperty([''], 0, { get: standsStill });
  expect(newestMatch('(\\d+)%', lines)).toEqual(['12%', '12']);
  expect(looks).toBe(2);
});
