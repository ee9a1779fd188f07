import { ansi, plain } from './paint';
import { renderTable, type Column } from './table';

const columns: Column[] = [
  { title: 'NAME' },
  { title: 'UP', align: 'right', dropAt: 2 },
  { title: 'CPU', align: 'right', dropAt: 1 },
  { title: 'WHY', isRest: true },
];
const rows = [
  ['训练', '3h02m', '7%', '-'],
  ['api-2', '-', '790%', 'exit code 137: out of memory, restart 6 of 10 in 14 s'],
];
const lines = (width: number | null) => renderTable(columns, rows, width, plain);

test('columns stand under each other, whatever their characters', () => {
  expect(lines(null)).toEqual([
    'NAME      UP   CPU  WHY',
    '训练   3h02m    7%  -',
    'api-2      -  790%  exit code 137: out of memory, restart 6 of 10 in 14 s',
  ]);
});

test('the last column is cut to the width', () => {
  expect(lines(50)[2]).toBe('api-2      -  790%  exit code 137: out of memory,…');
  expect(lines(50)[2]).toHaveLength(50);
});

test('what is wanted least goes first when it is narrow', () => {
  expect(lines(40)[0]).toBe('NAME      UP  WHY');
  expect(lines(32)[0]).toBe('NAME   WHY');
  expect(lines(12)[2]).toBe('api-2  exit…');
});

test('colour takes no room', () => {
  const [, line] = renderTable([{ title: 'A' }, { title: 'B' }], [[{ text: 'x', colour: 'red' }, 'y']], 20, ansi);
  expect(line).toBe('\x1b[31mx\x1b[0m  y');
});

test('a cell is one line, whatever is in it', () => {
  expect(renderTable([{ title: 'A' }], [['x\ny\x1b[2J']], null, plain)).toEqual(['A', 'x y\ufffd[2J']);
});
