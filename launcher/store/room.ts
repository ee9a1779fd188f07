/**
 * Whether the disk takes what a birth writes. It is tried: what it says of itself knows neither quotas, nor the reserve of
 * root, nor that it may be read only.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS } from '../../protocol/limits';
import { discard } from './discard';

/** @returns a sentence; null = there is room */
export function lackOfRoom(directory: string): string | null {
  const trial = join(directory, 'room');
  try {
    writeFileSync(trial, Buffer.alloc(LIMITS.birthDiskBytes));
    return null;
  } catch (error) {
    return `the disk takes nothing (${(error as Error).message}), and without its record nothing is born; make room there, or make it writable`;
  } finally {
    discard(trial);
  }
}
