/** CURVE keys: X25519 pairs, each key a line of 40 printable characters (Z85) in a file of its own. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fromZ85, isZ85Key, toZ85 } from '../../protocol/z85';

export interface CurveKeyFiles {
  readonly publicKeyFile: string;
  readonly secretKeyFile: string;
}

/** Both in Z85. */
export interface CurveKeys {
  readonly publicKey: string;
  readonly secretKey: string;
}

export function newCurveKeys(): CurveKeys {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return { publicKey: toZ85(pointOf(publicKey)), secretKey: toZ85(secretOf(privateKey)) };
}

/** @throws a sentence: a file that cannot be read, that holds no key, or keys that do not belong together */
export function readCurveKeys({ publicKeyFile, secretKeyFile }: CurveKeyFiles): CurveKeys {
  const publicKey = readKey(publicKeyFile);
  const secretKey = readKey(secretKeyFile);
  if (publicKeyOf(secretKey) !== publicKey)
    throw new Error(
      `${publicKeyFile} is not the public key of ${secretKeyFile}: no launcher would reach this manager; ` +
        'write a new pair with procguard keygen',
    );
  return { publicKey, secretKey };
}

function readKey(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Error(`the key file ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (!isZ85Key(text)) throw new Error(`${file} holds no key; procguard keygen writes a pair`);
  return text;
}

/** What stands before an X25519 secret in PKCS #8. Source: RFC 8410. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');

const publicKeyOf = (secretKey: string): string =>
  toZ85(
    pointOf(
      createPublicKey(
        createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, fromZ85(secretKey)]), format: 'der', type: 'pkcs8' }),
      ),
    ),
  );

const pointOf = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
const secretOf = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url');
