import { combinationsOf, withValues } from './job-sweep';

test('every value with every value of the others, the last parameter fastest', () => {
  expect(combinationsOf({ lr: [1e-3, 1e-4], seed: [1, 2] })).toEqual([
    { lr: '0.001', seed: '1' },
    { lr: '0.001', seed: '2' },
    { lr: '0.0001', seed: '1' },
    { lr: '0.0001', seed: '2' },
  ]);
});

test('more than one submission may hold are refused before they are made', () => {
  const many = Array.from({ length: 1000 }, (_, at) => at);
  expect(combinationsOf({ a: many, b: many, c: many })).toMatch(/1000000000 combinations/);
});

test('values stand in the places that name them, and other braces stay', () => {
  expect(withValues('train --lr {lr} --x ${HOME} {other} {lr}', { lr: '0.1' })).toBe(
    'train --lr 0.1 --x ${HOME} {other} 0.1',
  );
  expect(withValues(['a{lr}', '{lr}'], { lr: '2' })).toEqual(['a2', '2']);
});
