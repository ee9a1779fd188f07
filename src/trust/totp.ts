/** Time-based codes, as every authenticator app makes them: RFC 6238 with SHA-1, six digits, thirty seconds. */
import { createHmac, timingSafeEqual } from 'node:crypto';

const STEP_MS = 30_000;
const DIGITS = 6;
/** Clocks of telephones are seconds off, and fingers slow. */
const STEPS_AROUND = 1;
const SECRET_BYTES = 20;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @param bytes random, 20 of them */
export function totpSecret(bytes: (count: number) => Buffer): string {
  let bits = '';
  for (const byte of bytes(SECRET_BYTES)) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[parseInt(five, 2)]).join('');
}

/** For the QR code: what Google Authenticator began and all others read. */
export const totpUri = (secret: string, user: string, issuer: string): string =>
  `otpauth://totp/${encodeURIComponent(`${issuer}:${user}`)}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;

/**
 * The step that the code is of; null = of none. Whoever accepts it remembers the step, and accepts no earlier one and not
 * the same one again: a code that was seen over a shoulder is worth nothing.
 * @param after the last step that was accepted; -1 = none
 */
export function totpStep(secret: string, code: string, nowMs: number, after: number): number | null {
  const given = Buffer.from(code.replaceAll(/\s/g, ''));
  const now = Math.floor(nowMs / STEP_MS);
  let found: number | null = null;
  for (let step = now - STEPS_AROUND; step <= now + STEPS_AROUND; step++) {
    const right = Buffer.from(totpCode(secret, step));
    if (given.length === right.length && timingSafeEqual(given, right) && step > after) found = step;
  }
  return found;
}

export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', bytesOf(secret)).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 0xf;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 10 ** DIGITS).padStart(DIGITS, '0');
}

function bytesOf(base32: string): Buffer {
  const bits = [...base32].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => parseInt(eight, 2)));
}
