import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { plainWords } from './plain-words';

test.each([
  ['python train.py --lr=0.1 data/a,b', ['python', 'train.py', '--lr=0.1', 'data/a,b']],
  ['  ./run\t-v  a@b:1 ', ['./run', '-v', 'a@b:1']],
  ['/usr/bin/env python3', ['/usr/bin/env', 'python3']],
])('%j needs no shell', (command, words) => expect(plainWords(command)).toEqual(words));

test.each([
  'a; b',
  'a && b',
  'echo $HOME',
  'ls *.py',
  'ls ~',
  'a > b',
  "a 'b c'",
  'a "b"',
  'a \\b',
  'a # b',
  'a\nb',
  'X=1 a',
  'X=1',
  'cd /tmp',
  'exec a',
  'if a',
  '. ./env',
  'a {1,2}',
  'a [b]',
  'a | b',
  '(a)',
  '! a',
  'a `b`',
  '',
  ' ',
  'ä b',
  'echo hi',
  'test -f x',
  '[ -f x ]',
  'ulimit -n 5',
  ': a',
])('%j needs a shell', (command) => expect(plainWords(command)).toBeNull());

test('the words are those a shell would make of it', () => {
  const letters = fc.constantFrom(...'abZ09_./=:,@%+- \t'.split(''));
  fc.assert(
    fc.property(fc.string({ unit: letters, maxLength: 30 }), (rest) => {
      const command = `/bin/echo ${rest}`;
      const words = plainWords(command);
      if (words === null) return;
      const byShell = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
      expect(words).toEqual(byShell.split('\0').slice(0, -1));
    }),
    { numRuns: 100 },
  );
});
