import { parseEnvFile } from './env-file';

const variablesOf = (text: string) => {
  const parsed = parseEnvFile(text);
  return parsed.kind === 'variables' ? parsed.variables : parsed.mistake;
};

test.each<[string, object]>([
  ['', {}],
  ['A=1\nB=2', { A: '1', B: '2' }],
  ['\uFEFFA=1\r\nB=2\r\n', { A: '1', B: '2' }],
  ['# no\n ; no\n\n  export A = 1  \n', { A: '1' }],
  ['A=\nB=""\nC=\'\'', { A: '', B: '', C: '' }],
  ['A=a b  # comment\nB=a#b\nC=# all comment', { A: 'a b', B: 'a#b', C: '' }],
  ['A=$HOME `x` ${Y}\\n', { A: '$HOME `x` ${Y}\\n' }],
  [
    `A='it is "so"  # not'  # but this\nB="a\\tb\\\\ \\"q\\" \\$x \\z"`,
    { A: 'it is "so"  # not', B: 'a\tb\\ "q" $x \\z' },
  ],
  ['A="two\nlines"\nB=\'and\n\nthree\'\nC=3', { A: 'two\nlines', B: 'and\n\nthree', C: '3' }],
  ['URL=http://a/?b=c&d=e', { URL: 'http://a/?b=c&d=e' }],
  ['spring.profile-x=1\nA=1\nA=2', { 'spring.profile-x': '1', A: '2' }],
])('%j', (text, variables) => expect(variablesOf(text)).toEqual(variables));

test.each<[string, number, string]>([
  ['A=1\nno assignment\n', 2, '"no" is not of the form NAME=value'],
  ['=1', 1, '"" is not of the form NAME=value'],
  ['A=1\n\n1A=2', 3, '"1A" cannot be the name of a variable'],
  ['A="1\nB=2\n', 1, 'the value of A has no closing "'],
  [`A='1' 2`, 1, "something stands behind the closing ' of A"],
  ['A="x\\"', 1, 'the value of A has no closing "'],
])('%j is refused, with its line and without its value', (text, line, what) =>
  expect(variablesOf(text)).toEqual({ line, what }),
);
