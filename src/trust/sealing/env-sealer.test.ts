import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSealed, SEALED } from '../../../protocol/sealed-env';
import { envSealer } from './env-sealer';
import { rotateKeyFile } from './key-file';
import { openMasterKey } from './master-key';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pg-seal-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const sealerHere = () => envSealer(openMasterKey(dir, {}));

it('opens what it sealed, and nothing of it shows', () => {
  const sealer = sealerHere();
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'binary' }), (name, value) => {
      const sealed = sealer.seal(name, value);
      expect(isSealed(sealed)).toBe(true);
      expect(sealer.open(name, sealed)).toBe(Buffer.from(value).toString('utf8'));
      if (value.length > 8) expect(sealed).not.toContain(value);
    }),
  );
});

it('seals the same value another way each time', () => {
  const sealer = sealerHere();
  expect(sealer.seal('A', 'same')).not.toBe(sealer.seal('A', 'same'));
});

it('does not open under another name, nor after any bit of it was changed', () => {
  const sealer = sealerHere();
  const sealed = sealer.seal('API_KEY', 'the value');
  expect(sealer.open('OTHER_KEY', sealed)).toBeNull();
  const bytes = Buffer.from(sealed.slice(SEALED.length), 'base64');
  fc.assert(
    fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(sealer.open('API_KEY', SEALED + changed.toString('base64'))).toBeNull();
    }),
  );
});

it.each(['', 'sealed:v1:', 'sealed:v1:AAAA', 'sealed:v1:***', 'plain'])('does not open %p', (text) => {
  expect(sealerHere().open('A', text)).toBeNull();
});

it('opens with retired keys, seals with the newest, and not at all with a stranger', () => {
  const before = sealerHere().seal('A', 'value');
  rotateKeyFile(dir, {});
  const rotated = sealerHere();
  expect(rotated.open('A', before)).toBe('value');
  expect(rotated.isFresh(before)).toBe(false);
  expect(rotated.isFresh(rotated.seal('A', 'value'))).toBe(true);
  const stranger = envSealer(openMasterKey(dir, { PROCGUARD_SECRET_KEY: Buffer.alloc(32, 1).toString('base64') }));
  expect(stranger.open('A', before)).toBeNull();
});
