import { totpCode, totpSecret, totpStep, totpUri } from './totp';

/** "12345678901234567890", the seed of RFC 6238's vectors, in base32. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const STEP_SECONDS = 30;

/** RFC 6238, appendix B, SHA-1: seconds, and the last six of its eight digits. */
const VECTORS: [number, string][] = [
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
];

test.each(VECTORS)('at %d s the code is %s', (seconds, code) => {
  const step = Math.floor(seconds / STEP_SECONDS);
  expect(totpCode(SECRET, step)).toBe(code);
  expect(totpStep(SECRET, code, seconds * 1000, -1)).toBe(step);
});

const NOW = 1000;
const nowMs = NOW * STEP_SECONDS * 1000;

test.each([
  [-2, null],
  [-1, NOW - 1],
  [0, NOW],
  [1, NOW + 1],
  [2, null],
])('a code %d steps away is of step %p', (away, step) => {
  expect(totpStep(SECRET, totpCode(SECRET, NOW + away), nowMs, -1)).toBe(step);
});

test('a code is good once, and none before it is good after it', () => {
  const [before, now, next] = [-1, 0, 1].map((away) => totpCode(SECRET, NOW + away)) as [string, string, string];
  expect(totpStep(SECRET, now, nowMs, NOW)).toBeNull();
  expect(totpStep(SECRET, before, nowMs, NOW)).toBeNull();
  expect(totpStep(SECRET, next, nowMs, NOW)).toBe(NOW + 1);
});

test.each(['', '1', '1234567', 'abcdef', '２８７０８２'])('%p is no code', (code) => {
  expect(totpStep(SECRET, code, nowMs, -1)).toBeNull();
});

test('as people write it, with a space', () => {
  expect(totpStep(SECRET, '287 082', 59_000, -1)).toBe(1);
});

test('a secret is the twenty bytes in base32, and its address names the user', () => {
  expect(totpSecret(() => Buffer.from('12345678901234567890'))).toBe(SECRET);
  expect(totpUri(SECRET, 'al ice', 'ProcGuard')).toBe(
    `otpauth://totp/ProcGuard%3Aal%20ice?secret=${SECRET}&issuer=ProcGuard`,
  );
});
