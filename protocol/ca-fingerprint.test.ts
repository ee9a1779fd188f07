import { CaFingerprint } from './ca-fingerprint';

const HEX = '0123456789abcdef'.repeat(4);
const WITH_COLONS = HEX.toUpperCase().match(/../g)?.join(':') ?? '';

test.each([`sha256:${HEX}`, HEX, `SHA256:${HEX.toUpperCase()}`, `sha256:${WITH_COLONS}`, WITH_COLONS, ` ${HEX}\n`])(
  '%s',
  (written) => expect(CaFingerprint.parse(written)).toBe(`sha256:${HEX}`),
);

test.each(['', 'sha256:', HEX.slice(1), `${HEX}0`, `sha1:${HEX}`, HEX.replace('0', 'g')])('%s is none', (written) =>
  expect(CaFingerprint.safeParse(written).success).toBe(false),
);
