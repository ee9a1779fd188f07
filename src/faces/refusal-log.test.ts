import type { AuditRecord } from '../core/trust/words';
import type { Engine } from '../engine/engine';
import { RefusalLog, type Refused } from './refusal-log';

let written: AuditRecord[];
let log: RefusalLog;
beforeEach(() => {
  jest.useFakeTimers();
  written = [];
  const submit = ({ record }: { readonly record: AuditRecord }): Promise<null> => {
    written.push(record);
    return Promise.resolve(null);
  };
  log = new RefusalLog({ submit } as unknown as Engine);
});
afterEach(() => jest.useRealTimers());

const refused = (ip: string, entry = 'GET /api/workers', code = 'login_required'): Refused => ({
  type: 'security.permission_denied',
  actor: { kind: 'unknown', id: null, name: 'unknown', ip, text: `unknown ${ip}` },
  entry,
  code,
  worker: null,
});
const told = (): unknown[] => written.map(({ actor, target, details }) => [actor.ip, target?.id, details]);

test('the first of a kind is told at once, the others as a number when the minute is over', () => {
  for (let time = 0; time < 1000; time++) log.note(refused('203.0.113.7'));
  expect(told()).toEqual([['203.0.113.7', 'GET /api/workers', {}]]);
  jest.advanceTimersByTime(59_999);
  expect(written).toHaveLength(1);
  jest.advanceTimersByTime(1);
  expect(told().slice(1)).toEqual([['203.0.113.7', 'GET /api/workers', { more: 999 }]]);
  expect(written[1]).toMatchObject({ type: 'security.permission_denied', action: 'refused', result: 'login_required' });
});

test('one alone is told once, and the next minute begins anew', () => {
  log.note(refused('203.0.113.7'));
  jest.advanceTimersByTime(60_000);
  expect(written).toHaveLength(1);
  log.note(refused('203.0.113.7'));
  expect(written).toHaveLength(2);
});

test('a kind is a place, an entry and a code', () => {
  const kinds = [
    refused('203.0.113.7'),
    refused('198.51.100.1'),
    refused('203.0.113.7', 'GET /metrics'),
    refused('203.0.113.7', 'GET /metrics', 'rate_limited'),
    refused('2001:db8:1:2::1'),
  ];
  for (const kind of kinds) log.note(kind);
  expect(written).toHaveLength(kinds.length);
  log.note(refused('2001:db8:1:2::2'));
  expect(written).toHaveLength(kinds.length);
});

test('more kinds than it keeps are counted as one', () => {
  for (let place = 0; place < 5000; place++) log.note(refused(`10.0.${place >> 8}.${place & 255}`));
  expect(written).toHaveLength(1001);
  log.flush();
  expect(told().slice(1001)).toEqual([['10.0.3.232', 'GET /api/workers', { more: 3999 }]]);
});

test('the end of the manager tells what is counted, and leaves no clock running', () => {
  log.note(refused('203.0.113.7'));
  log.note(refused('203.0.113.7'));
  log.flush();
  expect(told().slice(1)).toEqual([['203.0.113.7', 'GET /api/workers', { more: 1 }]]);
  expect(jest.getTimerCount()).toBe(0);
});
