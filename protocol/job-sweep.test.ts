import { brokenByQuotes, combinationsOf, withValues } from './job-sweep';

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

test('a value is one word: quoted in a line for a shell, as it is in a list', () => {
  const values = { 'learning-rate': "a b,c;d $HOME it's", lr: '1e-3' };
  expect(withValues('train --lr={learning-rate} {lr}', values)).toBe("train --lr='a b,c;d $HOME it'\\''s' 1e-3");
  expect(withValues(['train', '--lr={learning-rate}'], values)).toEqual(['train', "--lr=a b,c;d $HOME it's"]);
});

test('what a shell names itself is left to it', () => {
  expect(withValues('echo "${lr}" {lr}', { lr: 'a b' })).toBe(`echo "\${lr}" 'a b'`);
  expect(brokenByQuotes('echo "${lr}"', { lr: 'a b' })).toBeNull();
});

test('a value that quotes of the line would take apart is told of', () => {
  expect(brokenByQuotes('say "{learning-rate}"', { 'learning-rate': 'a; rm x' })).toMatch(
    /^\{learning-rate\} stands between quotes/,
  );
  expect(brokenByQuotes('say "{lr}"', { lr: '1e-3' })).toBeNull();
  expect(brokenByQuotes(['sh', '-c', 'say "{lr}"'], { lr: 'a b' })).toBeNull();
});
