/** A program of the launcher's as /join serves it: read once, so that bytes and checksum agree as long as this manager lives. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Refusal } from '../../../protocol/errors';

export interface ServedProgram {
  readonly bytes: Buffer;
  /** The same, by gzip: a quarter. */
  readonly packed: Buffer;
  /** Of `bytes`, hex. */
  readonly sha256: string;
}

/**
 * @param file a program that needs nothing but Node (scripts/bundle.ts)
 * @throws Refusal not_found, where it was not built
 */
export function readProgram(file: string): ServedProgram {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new Refusal(
      'not_found',
      `this manager lacks a part of the launcher to give: ${(error as Error).message}; build it with npm run build`,
    );
  }
  return { bytes, packed: gzipSync(bytes), sha256: createHash('sha256').update(bytes).digest('hex') };
}
