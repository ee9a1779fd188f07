import fc from 'fast-check';
import { breaksOf, cellWidth, rowsForCells } from './cells';
import { appendToBlock, createBlock, type TextBlock } from './log-block';
import { rowContent } from './line-pieces';
import { indexRows, LINE_CHARS_SHOWN, lineId, placeOfRow, rowOfByte, rowOfLine } from './log-rows';
import { compile, LogSearch, matchRanges } from './log-search';

const RUN = '1700000000000aaaaaaaaaaaa';
const blockOf = (text: string): TextBlock => {
  const block = createBlock(RUN, 0);
  appendToBlock(block, new TextEncoder().encode(text), text);
  return block;
};
const textOf = (raw: string, columns: number | null, piece = 0) =>
  rowContent(raw, { columns, piece, whole: false, pattern: null })
    .pieces.map(({ text }) => text)
    .join('');

it('finds rows of lines and lines of rows, wrapped or not', () => {
  const block = blockOf('short\n' + 'x'.repeat(25) + '\nlast');
  const mark = { kind: 'run', runId: RUN, startedAtMs: 0 } as const;
  for (const columns of [null, 10]) {
    const index = indexRows([mark, block], { columns, whole: new Set() });
    expect(index.rows).toBe(columns === null ? 4 : 6);
    for (let row = 0; row < index.rows; row++) {
      const place = placeOfRow(index, row)!;
      expect((rowOfLine(index, place.block, place.line) ?? NaN) + place.piece).toBe(row);
    }
    expect(placeOfRow(index, index.rows)).toBeNull();
    expect(rowOfByte(index, { runId: RUN, offset: 8, stream: 'stdout' })).toBe(2);
    expect(rowOfByte(index, { runId: 'another', offset: 8, stream: 'stdout' })).toBeNull();
  }
});

it('measures only what was added to an open block', () => {
  const block = blockOf('a\nb');
  const layout = { columns: 4, whole: new Set<string>() };
  expect(indexRows([block], layout).rows).toBe(2);
  appendToBlock(block, new TextEncoder().encode('bbbb\nccccc\n'), 'bbbb\nccccc\n');
  expect(indexRows([block], layout).rows).toBe(5);
});

it('breaks lines by cells: wide characters take two, tabs go to the next stop', () => {
  expect(breaksOf('你好世界', 4)).toEqual([0, 2]);
  expect(breaksOf('a\tb', 8)).toEqual([0, 2]);
  expect([...'a你é́\u200d'].map((char) => cellWidth(char.codePointAt(0)!))).toEqual([1, 2, 1, 0, 0]);
});

it('shows every character exactly once when it wraps', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 2, max: 40 }), (text, columns) => {
      const line = text.replaceAll(/[\x00-\x1f\x7f]/g, '');
      const rows = rowsForCells(line, columns);
      const shown = Array.from({ length: rows }, (_, piece) => textOf(line, columns, piece)).join('');
      expect(shown).toBe(line);
    }),
  );
});

it('cuts very long lines and shows them whole when asked', () => {
  const long = 'y'.repeat(LINE_CHARS_SHOWN + 500);
  const asked = { columns: null, piece: 0, pattern: null };
  const cut = rowContent(long, { ...asked, whole: false });
  expect(cut.pieces[0]?.text).toHaveLength(LINE_CHARS_SHOWN);
  expect(cut.cutFrom).toBe(LINE_CHARS_SHOWN + 500);
  expect(rowContent(long, { ...asked, whole: true })).toMatchObject({ cutFrom: null, pieces: [{ text: long }] });
  const block = blockOf(long);
  const rows = (whole: string[]) => indexRows([block], { columns: 100, whole: new Set(whole) }).rows;
  expect([rows([]), rows([lineId(block, 0)])]).toEqual([21, 25]);
});

it('marks matches across colours and across rows', () => {
  const pattern = compile({ text: 'needle', regex: false, matchCase: false }) as RegExp;
  const raw = 'a nee\x1b[31mdle b';
  const { pieces } = rowContent(raw, { columns: null, piece: 0, whole: false, pattern });
  expect(pieces.filter(({ marked }) => marked).map(({ text }) => text)).toEqual(['nee', 'dle']);
  const second = rowContent('xxNEEDLEx', { columns: 5, piece: 1, whole: false, pattern });
  expect(second.pieces).toMatchObject([
    { text: 'DLE', marked: true },
    { text: 'x', marked: false },
  ]);
});

it('finds lines, goes on with new ones only, and says what is wrong with a pattern', () => {
  const block = blockOf('one\n\x1b[1mTwo\x1b[0m\nthree\ntw');
  const search = new LogSearch(compile({ text: 'two', regex: false, matchCase: false }) as RegExp);
  expect(search.hits([block]).map(({ line }) => line)).toEqual([1]);
  appendToBlock(block, new TextEncoder().encode('o\ntwo\n'), 'o\ntwo\n');
  expect(search.hits([block]).map(({ line }) => line)).toEqual([1, 3, 4]);
  expect(compile({ text: 't(', regex: true, matchCase: true })).toHaveProperty('problem');
  expect(compile({ text: '', regex: true, matchCase: true })).toBeNull();
  expect(matchRanges('aXbX', /x/gi)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(matchRanges('abc', /x*/g)).toEqual([]);
});
