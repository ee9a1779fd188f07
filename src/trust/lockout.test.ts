import { Lockout } from './lockout';

const IP = '203.0.113.7';
const ELSEWHERE = '198.51.100.1';
const HOUR_MS = 3_600_000;
let lockout: Lockout;
beforeEach(() => (lockout = new Lockout()));

const fail = (times: number, name = 'alice', ip = IP, nowMs = 0): void => {
  for (let time = 0; time < times; time++) lockout.begun(name, ip, nowMs);
};

test('five failures of one name from one address are free; then it waits, twice as long each time', () => {
  fail(4);
  expect(lockout.waitMs('alice', IP, 0)).toBe(0);
  const waits = [5, 6, 7, 8].map(() => {
    fail(1);
    return lockout.waitMs('alice', IP, 0);
  });
  expect(waits).toEqual([1000, 2000, 4000, 8000]);
  expect(lockout.waitMs('alice', IP, 3000)).toBe(5000);
  expect(lockout.waitMs('alice', IP, 8000)).toBe(0);
  expect(lockout.waitMs('ALICE', IP, 0)).toBe(8000);
});

test('never longer than a quarter of an hour', () => {
  fail(200);
  expect(lockout.waitMs('alice', IP, 0)).toBe(15 * 60_000);
});

test('the same name from elsewhere, and another name from here, do not wait', () => {
  fail(8);
  expect(lockout.waitMs('alice', ELSEWHERE, 0)).toBe(0);
  expect(lockout.waitMs('bob', IP, 0)).toBe(0);
});

test('twenty failures from one address are enough, whatever the names', () => {
  for (let name = 0; name < 19; name++) fail(1, `name${name}`);
  expect(lockout.waitMs('another', IP, 0)).toBe(0);
  fail(1, 'the twentieth');
  expect(lockout.waitMs('another', IP, 0)).toBe(1000);
  expect(lockout.waitMs('another', ELSEWHERE, 0)).toBe(0);
});

test('one customer’s whole /64 of IPv6 is one address', () => {
  for (let host = 1; host <= 5; host++) fail(1, 'alice', `2001:db8:1:2::${host}`);
  expect(lockout.waitMs('alice', '2001:db8:1:2:ffff::1', 0)).toBe(1000);
  expect(lockout.waitMs('alice', '2001:db8:1:3::1', 0)).toBe(0);
});

test('a name that is guessed at from many places is answered later, and is answered', () => {
  for (let place = 1; place <= 10; place++) fail(1, 'alice', `192.0.2.${place}`);
  expect(lockout.holdMs('alice', 0)).toBe(0);
  for (let place = 11; place <= 15; place++) fail(1, 'alice', `192.0.2.${place}`);
  expect(lockout.holdMs('alice', 0)).toBe(500);
  for (let place = 16; place <= 200; place++) fail(1, 'alice', `192.0.2.${place}`);
  expect(lockout.holdMs('alice', 0)).toBe(2000);
  expect(lockout.holdMs('bob', 0)).toBe(0);
  expect(lockout.waitMs('alice', IP, 0)).toBe(0);
});

test('an hour without a failure, and all is forgotten', () => {
  fail(30);
  expect(lockout.waitMs('alice', IP, HOUR_MS)).toBe(0);
  fail(1, 'alice', IP, HOUR_MS + 1);
  expect(lockout.waitMs('alice', IP, HOUR_MS + 1)).toBe(0);
  expect(lockout.holdMs('alice', HOUR_MS + 1)).toBe(0);
});

test('who gets in is free again; the other names from there stay counted', () => {
  for (let name = 0; name < 18; name++) fail(1, `name${name}`);
  fail(1);
  lockout.succeeded('alice', IP, 0);
  fail(1);
  expect(lockout.waitMs('alice', IP, 0)).toBe(0);
  fail(1);
  expect(lockout.waitMs('alice', IP, 0)).toBe(1000);
});

test('what was taken back was not begun; what went before it was', () => {
  fail(5);
  lockout.takeBack('alice', IP, 0);
  expect(lockout.waitMs('alice', IP, 0)).toBe(0);
  fail(1);
  expect(lockout.waitMs('alice', IP, 0)).toBe(1000);
});

test('what it remembers is bounded: the oldest goes', () => {
  fail(8, 'alice', IP);
  for (let place = 0; place < 4000; place++) fail(1, `name${place}`, `10.0.${place >> 8}.${place & 255}`);
  expect(lockout.waitMs('alice', IP, 0)).toBe(0);
  const { failures } = lockout as unknown as { failures: ReadonlyMap<string, unknown> };
  expect(failures.size).toBe(10_000);
});
