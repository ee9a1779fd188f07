/** The launcher's bundle as /join serves it: read once, so that bytes and checksum agree as long as this manager lives. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Refusal } from '../../../protocol/errors';

export interface ServedLauncher {
  readonly bytes: Buffer;
  /** The same, by gzip: a quarter. */
  readonly packed: Buffer;
  /** Of `bytes`, hex. */
  readonly sha256: string;
}

/**
 * @param file a launcher that needs nothing beside itself (scripts/bundle.ts)
 * @throws Refusal not_found, where it was not built
 */
export function readLauncher(file: string): ServedLauncher {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new Refusal(
      'not_found',
      `this manager has no launcher to give: ${(error as Error).message}; build it with npm run build`,
    );
  }
  return { bytes, packed: gzipSync(bytes), sha256: createHash('sha256').update(bytes).digest('hex') };
}
