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
  const beganMs = performance.now();
  expect(() => newestMatch('^(a+)+$', [`${'a'.repeat(60)}!`])).toThrow('timed out');
  expect(performance.now() - beganMs).toBeLessThan(5_000);
  expect(newestMatch('a(b)', ['ab'])).toEqual(['ab', 'b']);
});
