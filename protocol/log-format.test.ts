import { compileLogFormat, localTimeOf, type LogRecord } from './log-format';
import { logLevelOf } from './log-level';

const record: LogRecord = {
  name: 'procguard.monitor',
  level: 'INFO',
  message: 'worker w1 is back',
  atMs: 1_795_255_200_123,
  local: { year: 2026, month: 11, day: 21, hour: 10, minute: 0, second: 0 },
  pid: 4711,
  filename: 'manager.js',
  fields: { worker_id: 'w1' },
  stack: null,
  startedAtMs: 1_795_255_199_000,
};

function format(text: string, of: LogRecord = record): string {
  const compiled = compileLogFormat(text);
  return compiled.ok ? compiled.format(of) : `REFUSED ${compiled.message}`;
}

test('the seed’s format gives the line that Python would', () => {
  expect(format('%(asctime)s - %(name)s - %(levelname)s - %(message)s')).toBe(
    '2026-11-21 10:00:00,123 - procguard.monitor - INFO - worker w1 is back',
  );
});

test.each([
  ['%(levelname)-8s|', 'INFO    |'],
  ['%(levelname)8s|', '    INFO|'],
  ['%(levelname).1s', 'I'],
  ['%(levelno)d', '20'],
  ['%(levelno)04d', '0020'],
  ['%(levelno)+d', '+20'],
  ['%(process)d %(process)s', '4711 4711'],
  ['%(threadName)s %(processName)s', 'MainThread MainProcess'],
  ['%(filename)s:%(lineno)d %(module)s', 'manager.js:0 manager'],
  ['%(created)f', '1795255200.123000'],
  ['%(created).1f', '1795255200.1'],
  ['%(msecs)03d', '123'],
  ['%(relativeCreated)d', '1123'],
  ['100%% %(message)s%%', '100% worker w1 is back%'],
  ['', ''],
  ['no field', 'no field'],
])('%s', (text, line) => expect(format(text)).toBe(line));

test.each([
  ['%(levelnam)s', /unknown field %\(levelnam\); did you mean levelname\? \(known: asctime, created,/],
  ['%()s', /unknown field %\(\) \(known: /],
  ['%(constructor)s', /unknown field %\(constructor\) \(known: /],
  ['50% done', /lone % at character 3; write %% /],
  ['trailing %', /lone % at character 10/],
  ['%s', /lone % at character 1/],
  ['%(message)', /%\(message\) without a conversion; write %\(message\)s/],
  ['%(message)d', /message is text and takes s$/],
  ['%(levelno)x', /levelno is a number and takes s, d, i, f/],
])('%s is refused', (text, sentence) => expect(format(text)).toMatch(sentence));

test('json is one object with the fields, whose own words nothing can overwrite', () => {
  const line = format('json', { ...record, fields: { worker_id: 'w1', level: 'x' }, stack: 'Error: no\n  at y' });
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toEqual({
    worker_id: 'w1',
    time: '2026-11-21T10:00:00.123Z',
    level: 'INFO',
    logger: 'procguard.monitor',
    message: 'worker w1 is back',
    pid: 4711,
    stack: 'Error: no\n  at y',
  });
});

test('a stack stands below its line', () => {
  expect(format('%(message)s', { ...record, stack: 'Error: no' })).toBe('worker w1 is back\nError: no');
});

test('local time is read in the machine’s own zone', () => {
  const moment = new Date(2026, 10, 21, 10, 2, 3);
  expect(localTimeOf(moment)).toEqual({ year: 2026, month: 11, day: 21, hour: 10, minute: 2, second: 3 });
});

test('levels go by Python’s names and npm’s, in any case', () => {
  expect(['info', 'INFO', 'warn', 'Warning', 'fatal', 'silly', 'loud', 'constructor'].map(logLevelOf)).toEqual([
    'INFO',
    'INFO',
    'WARNING',
    'WARNING',
    'CRITICAL',
    'DEBUG',
    null,
    null,
  ]);
});
