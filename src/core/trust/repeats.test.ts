import type { AuditRecord } from './words';
import { Repeats } from './repeats';

const refused = (more: Partial<AuditRecord> = {}, ip = '10.0.0.9'): AuditRecord => ({
  type: 'worker.refused',
  actor: { kind: 'unknown', id: null, name: 'somebody', ip, text: `somebody ${ip}` },
  target: { type: 'worker', id: 'w1' },
  action: 'register',
  result: 'invalid_token',
  details: { hostname: 'h' },
  ...more,
});

test('what is not told yet is told at a stop, once', () => {
  const repeats = new Repeats();
  repeats.take(refused(), 0);
  expect(repeats.rest(1)).toEqual([]);
  for (let i = 0; i < 4; i++) repeats.take(refused(), 1);
  expect(repeats.rest(2)).toMatchObject([{ type: 'worker.refused', details: { repeated: 3, within_ms: 1 } }]);
  expect([repeats.rest(3), repeats.nextMs()]).toEqual([[], null]);
});

test('the first is told at once, the rest of the minute as one line with their number', () => {
  const repeats = new Repeats();
  expect(repeats.take(refused(), 0)).not.toBeNull();
  for (let i = 1; i <= 100; i++) expect(repeats.take(refused(), i * 100)).toBeNull();
  expect(repeats.nextMs()).toBe(60_000);
  expect(repeats.due(59_999)).toEqual([]);
  expect(repeats.due(60_000)).toMatchObject([
    { type: 'worker.refused', result: 'invalid_token', details: { repeated: 100, targets: ['w1'] } },
  ]);
  expect(repeats.nextMs()).toBeNull();
});

test('one that goes on is told of ever more seldom, and anew once it has been quiet', () => {
  const repeats = new Repeats();
  let told = 0;
  for (let nowMs = 0; nowMs < 86_400_000; nowMs += 5_000)
    told += repeats.due(nowMs).length + (repeats.take(refused(), nowMs) === null ? 0 : 1);
  expect(told).toBeLessThan(32);
  expect(repeats.due(90_000_000)).toHaveLength(1);
  expect(repeats.take(refused(), 94_000_000)).not.toBeNull();
});

test('one place with many names is a few lines, and then one', () => {
  const repeats = new Repeats();
  const knock = (i: number) => repeats.take(refused({ target: { type: 'worker', id: `w${i}` } }), i);
  expect(Array.from({ length: 100 }, (_, i) => knock(i)).filter((record) => record !== null)).toHaveLength(11);
  expect(repeats.due(60_100)).toMatchObject([{ details: { repeated: 89, more_targets: true } }]);
});

test('who calls from an address that begins like others is counted alone', () => {
  const repeats = new Repeats();
  for (let i = 10; i < 20; i++) repeats.take(refused({}, `10.0.0.${i}`), 0);
  for (const id of ['w1', 'w2'])
    expect(repeats.take(refused({ target: { type: 'worker', id } }, '10.0.0.1'), 0)).not.toBeNull();
});

test('one that is not repeated wakes nobody, and holds back nothing for longer than a minute', () => {
  const repeats = new Repeats();
  repeats.take(refused(), 0);
  expect(repeats.nextMs()).toBeNull();
  expect(repeats.take(refused(), 60_000)).not.toBeNull();
});

test('what went well and how commands ended is always told', () => {
  const repeats = new Repeats();
  for (let i = 0; i < 3; i++) {
    expect(repeats.take(refused({ result: 'ok' }), i)).not.toBeNull();
    expect(repeats.take(refused({ type: 'process.command.done', result: 'command_failed' }), i)).not.toBeNull();
  }
});

test('another reason, another place, another person and, of somebody known, another target are told', () => {
  const repeats = new Repeats();
  const alice = { kind: 'user', id: 'u_1', name: 'alice', ip: '10.0.0.9', text: 'alice' } as const;
  for (const one of [
    refused(),
    refused({ result: 'rejected' }),
    refused({}, '10.0.0.10'),
    refused({ actor: alice }),
    refused({ actor: alice, target: { type: 'worker', id: 'w2' } }),
  ])
    expect(repeats.take(one, 0)).not.toBeNull();
});

test('a crowd of strangers is as many lines as there is room, and then one', () => {
  const repeats = new Repeats();
  let told = 0;
  for (let i = 0; i < 10_000; i++) if (repeats.take(refused({}, `10.0.${i >> 8}.${i & 255}`), i) !== null) told += 1;
  expect(told).toBe(201);
  const [crowd] = repeats.due(70_000);
  expect(crowd).toMatchObject({ details: { repeated: 9799, more_ips: true } });
});
