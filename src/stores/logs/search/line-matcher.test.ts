/** However a block is searched, the lines found are those that the pattern finds when each is tried alone. */
import fc from 'fast-check';
import { acrossLines } from './expression';
import { lineMatcher } from './line-matcher';

const PATTERNS = [
  'err', '^e', 'r$', '^$', 'x*', '.', '..', '^.{3}$', 'a.*b', '[^a]b', '[^a]*b', '\\s', '\\s+$', '\\S+', '\\W', '\\Wb', '\\D\\d',
  '(a|b)+c?', '(?:ab|ba)$', '\\bab', 'b\\B', '(?<n>a)\\k<n>', 'a(?=b)', 'a(?!b)', '(?<=a)b', '(?<!a)b', '[\\s\\S]b', '[^]b', '[]', '\\n', 'a\\nb',
  '[\\n]', 'é', '[é]', '\\d+\\r?$', '\\[ab\\]', 'a{2,}', '^\\s*$', '(a)(b)?\\2',
]; // prettier-ignore

const text = fc
  .array(fc.constantFrom('a', 'b', 'e', 'r', 'é', ' ', '\t', '1', 'ab', 'err', '[ab]', '\r', '\n', '\n', '\n'), {
    maxLength: 60,
  })
  .map((pieces) => pieces.join(''));

test.each(PATTERNS)('%s', (pattern) => {
  fc.assert(
    fc.property(text, fc.boolean(), (content, ignoreCase) => {
      const block = Buffer.from(content);
      const alone = new RegExp(pattern, ignoreCase ? 'i' : '');
      const lines = content.endsWith('\n')
        ? content.slice(0, -1).split('\n')
        : content === ''
          ? []
          : content.split('\n');
      const wanted = lines.filter((line) => alone.test(line));
      const found = lineMatcher({ pattern, regex: true, ignoreCase })
        .linesIn(block, 1000)
        .map(([begin, end]) => block.toString('utf8', begin, end));
      expect(found).toEqual(wanted);
    }),
    { numRuns: 150 },
  );
});

test('literal text is no expression', () => {
  const block = Buffer.from('a.c\nabc\nA.C\n');
  const found = (ignoreCase: boolean) => lineMatcher({ pattern: 'a.c', regex: false, ignoreCase }).linesIn(block, 9);
  expect(found(false)).toEqual([[0, 3]]);
  expect(found(true)).toEqual([
    [0, 3],
    [8, 11],
  ]);
});

test('an expression that looks around itself is tried line by line', () => {
  expect(['a(?!b)', '(?<=a)b', '[\\s\\S]'].map(acrossLines)).toEqual([null, null, null]);
  expect(acrossLines('^a\\s[^x]\\.$')).toBe('^a[^\\S\\n][^\\nx]\\.$');
});
