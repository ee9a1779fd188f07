import { StrangerLimit } from './stranger-limit';

const IP = '203.0.113.7';
const BURST = 240;
const PER_SECOND = 60;
let limit: StrangerLimit;
beforeEach(() => (limit = new StrangerLimit()));

const taken = (asked: number, nowMs: number, ip = IP): number =>
  Array.from({ length: asked }, () => limit.take(ip, nowMs)).filter((isTaken) => isTaken).length;

test('a burst, and then as many as are refilled', () => {
  expect(taken(BURST + 50, 0)).toBe(BURST);
  expect(taken(BURST, 500)).toBe(PER_SECOND / 2);
  expect(taken(2 * BURST, 3_600_000)).toBe(BURST);
});

test('each address has its own; a /64 of IPv6 is one', () => {
  taken(BURST, 0);
  expect(limit.take('198.51.100.1', 0)).toBe(true);
  taken(BURST, 0, '2001:db8:1:2::1');
  expect(limit.take('2001:db8:1:2::2', 0)).toBe(false);
  expect(limit.take('2001:db8:1:3::2', 0)).toBe(true);
});

test('what it remembers is bounded', () => {
  taken(BURST, 0);
  for (let place = 0; place < 10_000; place++) limit.take(`10.0.${place >> 8}.${place & 255}`, 0);
  const { buckets } = limit as unknown as { buckets: ReadonlyMap<string, unknown> };
  expect(buckets.size).toBe(10_000);
  expect(buckets.has(IP)).toBe(false);
});
