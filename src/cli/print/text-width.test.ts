import { fit, padEnd, printable, textWidth } from './text-width';

test('wide characters take two columns, marks none', () => {
  expect([
    textWidth('abc'),
    textWidth('训练'),
    textWidth('한글'),
    textWidth('e\u0301'),
    textWidth('🚀x'),
    textWidth('·'),
  ]).toEqual([3, 4, 4, 1, 3, 1]);
});

test('a cut never takes more than its width, also in the middle of a wide character', () => {
  expect(fit('training', 8)).toBe('training');
  expect(fit('training', 5)).toBe('trai…');
  expect(fit('训练任务', 4)).toBe('训…');
  expect(fit('训练任务', 5)).toBe('训练…');
  expect([fit('ab', 1), fit('ab', 0)]).toEqual(['…', '']);
});

test('padding counts columns and not characters', () => {
  expect([padEnd('训', 4), padEnd('toolong', 3)]).toEqual(['训  ', 'toolong']);
});

test('control characters are shown and not obeyed', () => {
  expect(printable('host\u202egnirts\u2066')).toBe('host\ufffdgnirts\ufffd');
  expect(printable('a\n b\t\x1b[31mred\x9b')).toBe('a  b \ufffd[31mred\ufffd');
});
