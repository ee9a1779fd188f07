import { parseExitRecord, parseLifelineWord } from './lifeline-word';
import { RunId } from '../../protocol/ids';
import { isLiving, parseProcStat } from './proc-stat';

const RUN = RunId.parse('1700000000000abcdefghijkl');
const ANOTHER = RunId.parse('1700000000000abcdefghijkm');

const LINE =
  '4711 (a (b) c) S 4700 4700 4700 0 -1 4194368 27 0 0 0 0 0 0 0 20 0 1 0 13456 2572288 400 18446744073709551615';

test('a name may hold spaces and parentheses', () => {
  expect(parseProcStat(LINE)).toMatchObject({
    pid: 4711,
    name: 'a (b) c',
    state: 'S',
    parent: 4700,
    group: 4700,
    session: 4700,
    threads: 1,
    startTicks: 13456,
  });
  expect(parseProcStat('nonsense')).toBeNull();
});

test('a zombie has ended, a leader thread that went before its threads has not', () => {
  const stat = parseProcStat(LINE);
  if (stat === null) throw new Error('not parsed');
  expect(isLiving({ ...stat, state: 'Z' })).toBe(false);
  expect(isLiving({ ...stat, state: 'Z', threads: 4 })).toBe(true);
});

test('the words of a shim', () => {
  expect(parseLifelineWord(`child ${LINE}`)).toMatchObject({ kind: 'child', stat: { pid: 4711 } });
  expect(parseLifelineWord('exit 143')).toEqual({ kind: 'exit', status: 143 });
  expect(parseLifelineWord('exit')).toBeNull();
  expect(parseLifelineWord('refused there is no x')).toEqual({ kind: 'unborn', why: 'there is no x', mayPass: false });
  expect(parseLifelineWord('hindered it could not')).toEqual({ kind: 'unborn', why: 'it could not', mayPass: true });
});

test.each(['', '7', '7\n8\n', 'x\n', '1234\n', `7 ${RUN}`, `7 ${ANOTHER}\n`, `7 \n`])('%j is no exit record', (text) =>
  expect(parseExitRecord(text, RUN)).toBeNull(),
);
test.each(['7\n', `7 ${RUN}\n`, `7 ${RUN}\nwhat a longer one left\n`])('%j is one', (text) =>
  expect(parseExitRecord(text, RUN)).toBe(7),
);
