/** What is said to be between quotes is asked of a real shell: there a value would not be the one word that it is. */
import { spawnSync } from 'node:child_process';
import { betweenQuotes, quoted, quotedWord } from './shell-line';

const VALUE = 'a $(echo b)';
const values = { data: VALUE };
const printed = (line: string): string => {
  const filled = line.replaceAll('{data}', () => quoted(VALUE));
  return spawnSync('sh', ['-c', filled], { encoding: 'utf8' }).stdout;
};

test.each([
  `printf '<%s>' "{data}"`,
  `printf '<%s>' 'x{data}'`,
  `printf '<%s>' "$HOME is \${HOME} and {data}"`,
  `printf '<%s>' "\\"{data}"`,
  `# it's\nprintf '<%s>' "{data}"`,
  `printf '<%s>' it\\'s "{data}"`,
])('between quotes it is told: %s', (line) => {
  expect(printed(line)).not.toContain(VALUE + '>');
  expect(betweenQuotes(line, values)).toMatch(/\{data\} stands between quotes/);
});

test.each([
  `printf '<%s>' {data}`,
  `printf '<%s>' "x"{data}'y'`,
  `# don't\nprintf '<%s>' {data}`,
  `printf '<%s>' it\\'s {data}`,
  `printf '<%s>' "$(printf %s {data})"`,
  `printf '<%s>' \${#HOME} {data} # it's`,
])('where it is one word it is not: %s', (line) => {
  expect(printed(line)).toContain(VALUE);
  expect(betweenQuotes(line, values)).toBeNull();
});

test('what is plain is the same between quotes, and other braces are text', () => {
  expect(betweenQuotes(`echo "{data} {other}"`, { data: 1e-4 })).toBeNull();
});

test('a word with parameters in it stays one word', () => {
  const words = ['{data}', '--x={data}', `{data}'{data}`, '{other} y', ''];
  const line = `printf '<%s>' ${words.map((word) => quotedWord(word, values)).join(' ')}`;
  expect(printed(line)).toBe(words.map((word) => `<${word.replaceAll('{data}', VALUE)}>`).join(''));
});
