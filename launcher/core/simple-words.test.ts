import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { simpleWords } from './simple-words';

test.each([
  ['python train.py --lr=0.1', ['python', 'train.py', '--lr=0.1']],
  [`  python  'a b' "c d"e\\ f\t''\n\n`, ['python', 'a b', 'c de f', '']],
  [`a "\\$x \\" \\\\ \\n" '\\'`, ['a', '$x " \\ \\n', '\\']],
  [`a '$(x); \`y\`\n&& z'`, ['a', '$(x); `y`\n&& z']],
  [`a\\;b \\$c it\\'s x#y`, ['a;b', '$c', "it's", 'x#y']],
])('%j', (line, words) => expect(simpleWords(line)).toEqual({ kind: 'words', words }));

test.each([
  ['a; b', 'it has ; outside quotes'],
  ['a && b', 'it has & outside quotes'],
  ['a | b', 'it has | outside quotes'],
  ['a > b', 'it has > outside quotes'],
  ['a $HOME', 'it has $ outside quotes'],
  ['a "$(b)"', 'it has $ in double quotes'],
  ['a `b`', 'it has ` outside quotes'],
  ['a "`b`"', 'it has ` in double quotes'],
  ['a *.py', 'it has * outside quotes'],
  ['a ~', 'it has ~ outside quotes'],
  ['a {1,2}', 'it has { outside quotes'],
  ['a\nb', 'it has more than one line'],
  ['a \\\nb', 'it has a backslash at the end of a line'],
  ['a "x\\\ny"', 'it has a backslash at the end of a line'],
  ['a \\', 'it has a backslash at the end of a line'],
  ['a # b', 'it has a comment (#)'],
  ['# b', 'it has a comment (#)'],
  ["a 'b", "a ' is not closed"],
  ['a "b', 'a " is not closed'],
  ['X=1 a', 'it begins with an assignment (X=)'],
  ["'X'=1 a", 'it begins with an assignment (X=)'],
  ['exec a', '"exec" is a word of the shell itself'],
  ['"if" a', '"if" is a word of the shell itself'],
  ['. ./x', '"." is a word of the shell itself'],
  ['a \x01', 'it has a control character outside quotes'],
  ['a\n\r', 'it has more than one line'],
  ['a \r', 'it has a control character outside quotes'],
  ["a '\0'", 'it has a NUL'],
  [' \n', 'it is empty'],
])('%j needs a shell', (line, why) => expect(simpleWords(line)).toEqual({ kind: 'refused', why }));

test.each(['/bin/sh', 'bash'])('what is accepted means the same to %s', (shell) => {
  const letters = fc.constantFrom(...`aZ0-./=:,@%+_ \t\n'"\\$#~*ä{}!^[];&`.split(''));
  const lines = fc.array(fc.oneof({ arbitrary: fc.string({ unit: letters, maxLength: 6 }), weight: 3 }, quoted()), {
    maxLength: 6,
  });
  let accepted = 0;
  fc.assert(
    fc.property(lines, (parts) => {
      const line = `/bin/echo ${parts.join('')}`;
      const split = simpleWords(line);
      if (split.kind === 'refused') return;
      accepted += 1;
      const byShell = execFileSync(shell, ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
      expect(split.words).toEqual(byShell.split('\0').slice(0, -1));
    }),
    { numRuns: 600 },
  );
  expect(accepted).toBeGreaterThan(50);
});

/** A part that is more likely to be accepted. */
function quoted(): fc.Arbitrary<string> {
  const inside = fc.string({ unit: fc.constantFrom(...`ab $\`;\n\\"*'`.split('')), maxLength: 5 });
  return fc.oneof(
    inside.map((text) => `'${text.replaceAll("'", '')}'`),
    inside.map((text) => `"${text.replace(/[\\$`"]/g, (letter) => `\\${letter}`)}"`),
    inside.map((text) => text.replace(/[^\n]/g, (letter) => `\\${letter}`).replaceAll('\n', '')),
    fc.constant(' '),
  );
}
