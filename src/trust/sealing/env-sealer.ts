/**
 * Seals values of variables: AES-256-GCM under the sub-key `env`, a new nonce for each, the variable's name as
 * associated data. What is sealed begins with the id of its key, so that it is known which one opens it.
 *
 *   sealed:v1:<base64 of: key id (4), nonce (12), tag (16), text>
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { isSealed, SEALED, type Sealer } from '../../../protocol/sealed-env';
import type { MasterKey } from './master-key';

const CIPHER = 'aes-256-gcm';
const ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = ID_BYTES + NONCE_BYTES + TAG_BYTES;

export function envSealer(master: MasterKey): Sealer {
  const newest = Buffer.from(master.id, 'hex');
  const keys = new Map([master, ...master.retired].map((key) => [key.id, key.subkey('env')]));
  const key = master.subkey('env');
  return {
    seal(name, value) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(name));
      const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
      return SEALED + Buffer.concat([newest, nonce, cipher.getAuthTag(), text]).toString('base64');
    },
    open(name, sealed) {
      const bytes = bytesOf(sealed);
      const known = bytes === null ? undefined : keys.get(idIn(bytes));
      return bytes === null || known === undefined ? null : opened(known, name, bytes);
    },
    isFresh: (sealed) => bytesOf(sealed)?.subarray(0, ID_BYTES).equals(newest) ?? false,
  };
}

function bytesOf(sealed: string): Buffer | null {
  if (!isSealed(sealed)) return null;
  const bytes = Buffer.from(sealed.slice(SEALED.length), 'base64');
  return bytes.length < HEAD_BYTES ? null : bytes;
}

const idIn = (bytes: Buffer): string => bytes.subarray(0, ID_BYTES).toString('hex');

function opened(key: Buffer, name: string, bytes: Buffer): string | null {
  const nonce = bytes.subarray(ID_BYTES, ID_BYTES + NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(name))
    .setAuthTag(bytes.subarray(ID_BYTES + NONCE_BYTES, HEAD_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(HEAD_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return null; // changed, or another variable's
  }
}
