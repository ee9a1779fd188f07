import { afterLastReturn, paletteColor, parseLine, plainText } from './ansi';

const styles = (line: string) => parseLine(line).map(({ text, style }) => [text, style]);

it('leaves a plain line alone', () => {
  expect(styles('hello <b>')).toEqual([['hello <b>', null]]);
});

it('reads the sixteen, the 256 and the true colours', () => {
  expect(parseLine('\x1b[31mred\x1b[0m \x1b[1;92mok')).toMatchObject([
    { text: 'red', style: { fg: 1 } },
    { text: ' ', style: null },
    { text: 'ok', style: { fg: 10, bold: true } },
  ]);
  expect(parseLine('\x1b[38;5;208mx\x1b[48;2;1;2;300my')).toMatchObject([
    { text: 'x', style: { fg: 208 } },
    { text: 'y', style: { fg: 208, bg: '#0102ff' } },
  ]);
  expect(parseLine('\x1b[38:2::10:20:30mz')).toMatchObject([{ style: { fg: '#0a141e' } }]);
  expect(paletteColor(208)).toBe('#ff8700');
  expect(paletteColor(244)).toBe('#808080');
});

it('goes on after an extended colour in the same sequence', () => {
  expect(parseLine('\x1b[38;5;9;4mx')).toMatchObject([{ style: { fg: 9, underline: true } }]);
});

it('drops cursor moves, titles, links and stray controls', () => {
  expect(plainText('\x1b]0;title\x07a\x1b[2Kb\x1b]8;;http://x\x1b\\c\x07\x1b(Bd\x00')).toBe('abcd');
});

it('shows what a progress bar wrote last', () => {
  expect(afterLastReturn('10%\r50%\r100%')).toBe('100%');
  expect(afterLastReturn('10%\r50%\r')).toBe('50%');
  expect(afterLastReturn('windows line\r')).toBe('windows line');
  expect(afterLastReturn('no return')).toBe('no return');
});
