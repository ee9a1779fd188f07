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

test('the first is told at once, the rest of the minute as one line with their number', () => {
  const repeats = new Repeats();
  expect(repeats.take(refused(), 0)).not.toBeNull();
  for (let i = 1; i <= 100; i++)
    expect(repeats.take(refused({ target: { type: 'worker', id: `w${i % 3}` } }), i * 100)).toBeNull();
  expect(repeats.nextMs()).toBe(60_000);
  expect(repeats.due(59_999)).toEqual([]);
  expect(repeats.due(60_000)).toMatchObject([
    { type: 'worker.refused', result: 'invalid_token', details: { repeated: 100, targets: ['w1', 'w2', 'w0'] } },
  ]);
  expect(repeats.nextMs()).toBeNull();
  expect(repeats.take(refused(), 60_001)).not.toBeNull();
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
  expect(told).toBe(51);
  const [crowd] = repeats.due(70_000);
  expect(crowd).toMatchObject({ details: { repeated: 9949, more_ips: true } });
});
