import { readYaml, YamlSyntaxError, type KeyPath } from './yaml-source';

const TEXT = `# a comment: with a colon
web:   # after the key

  # port: 1
  port: 5000
  "host": '0.0.0.0'
  public_url: http://a:1/x # kept
nothing:
flow: {a: 1, "b": [x, {c: 2}],
  d: 4}
monitoring:
workers:
  - worker_id: a
    env: {LR: 1e-3, N: 0x10}
    command: |
      port: 1
      run
  -
    # later
    worker_id: b
    command: [sh, -c,
      last]
- list: no
`.replace('- list: no\n', '');

const at = (path: KeyPath): number => readYaml(TEXT).lineOf(path);

test.each<[KeyPath, number]>([
  [['web'], 2],
  [['web', 'port'], 5],
  [['web', 'host'], 6],
  [['web', 'public_url'], 7],
  [['web', 'missing'], 2],
  [['nothing'], 8],
  [['nothing', 'below'], 8],
  [['flow', 'a'], 9],
  [['flow', 'b', 1, 'c'], 9],
  [['flow', 'd'], 10],
  [['monitoring'], 11],
  [['workers'], 12],
  [['workers', 0], 13],
  [['workers', 0, 'env', 'N'], 14],
  [['workers', 0, 'command'], 15],
  [['workers', 1], 20],
  [['workers', 1, 'worker_id'], 20],
  [['workers', 1, 'command', 0], 21],
  [['workers', 1, 'command', 2], 22],
  [['workers', 7], 12],
])('%j stands on line %d', (path, line) => expect(at(path)).toBe(line));

test('a scalar keeps the text it was written as', () => {
  const source = readYaml(TEXT);
  expect(source.textOf(['workers', 0, 'env', 'LR'])).toBe('1e-3');
  expect(source.textOf(['workers', 0, 'env', 'N'])).toBe('0x10');
  expect(source.textOf(['web', 'public_url'])).toBe('http://a:1/x');
  expect(source.textOf(['web'])).toBeNull();
  expect(source.textOf(['web', 'missing'])).toBeNull();
});

test('anchors, aliases and merges have values, and the nearest line', () => {
  const source = readYaml('base: &base\n  port: 1\nweb:\n  <<: *base\n  host: h\nagain: *base\n');
  expect(source.value).toEqual({ base: { port: 1 }, web: { port: 1, host: 'h' }, again: { port: 1 } });
  expect(source.lineOf(['base', 'port'])).toBe(2);
  expect(source.lineOf(['web', 'host'])).toBe(5);
  expect(source.lineOf(['web', 'port'])).toBe(3);
  expect(source.lineOf(['again', 'port'])).toBe(6);
  expect(source.textOf(['again', 'port'])).toBeNull();
});

test('a list at its key’s own indent, CRLF, and a key called __proto__', () => {
  const source = readYaml('workers:\r\n- a\r\n- b: 1\r\n  c: 2\r\n__proto__: {x: 1}\r\n');
  expect(source.lineOf(['workers', 1, 'c'])).toBe(4);
  expect(source.lineOf(['__proto__'])).toBe(5);
  expect(source.textOf(['workers', 0])).toBe('a');
});

test('yes and dates stay text', () => {
  expect(readYaml('a: yes\nb: 2026-11-21\nc: true\nd: ~\n').value).toEqual({
    a: 'yes',
    b: '2026-11-21',
    c: true,
    d: null,
  });
});

test.each([
  ['web:\n  port: 1\n host: x\n', 3, 'not valid YAML: bad indentation of a mapping entry'],
  ['web:\n  port: [1\n', 3, /^not valid YAML: /],
  ['web:\n\tport: 1\n', 2, 'not valid YAML: a tab cannot indent; use spaces'],
  ['web:\n  port: 1\n  host: x\n  port: 2\n', 4, 'port is given twice; keep one'],
  ['web: {a: 1,\n  "a": 2}\n', 2, 'a is given twice; keep one'],
])('%j is refused with its line', (text, line, reason) => {
  const refusal = () => readYaml(text);
  expect(refusal).toThrow(YamlSyntaxError);
  try {
    refusal();
  } catch (error) {
    expect((error as YamlSyntaxError).line).toBe(line);
    if (typeof reason === 'string') expect((error as YamlSyntaxError).reason).toBe(reason);
    else expect((error as YamlSyntaxError).reason).toMatch(reason);
  }
});

test('a place has a column: of the key, of the item', () => {
  const { placeOf } = readYaml(TEXT);
  expect(placeOf(['web', 'port'])).toEqual({ line: 5, column: 3 });
  expect(placeOf(['flow', 'b', 1, 'c'])).toEqual({ line: 9, column: 24 });
  expect(placeOf(['workers', 0])).toEqual({ line: 13, column: 5 });
});

test('a mapping or a list in brackets as a list item', () => {
  const { placeOf } = readYaml('list:\n  - {log: x, of: y}\n  - [a, b]\n  - [[c]]\n');
  expect(placeOf(['list', 0, 'log'])).toEqual({ line: 2, column: 6 });
  expect(placeOf(['list', 0, 'of'])).toEqual({ line: 2, column: 14 });
  expect(placeOf(['list', 1, 1])).toEqual({ line: 3, column: 9 });
  expect(placeOf(['list', 2, 0, 0])).toEqual({ line: 4, column: 7 });
});
