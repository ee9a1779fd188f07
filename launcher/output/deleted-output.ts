/** The output file of a child that lives, after somebody deleted it: the child still holds it, and so can we. */
import { readlinkSync } from 'node:fs';

/** stdout, stderr. */
const DESCRIPTORS = [1, 2];

/** A path that opens it; null = nobody holds it any more. */
export function deletedOutput(file: string, pid: number | null): string | null {
  if (pid === null) return null;
  return DESCRIPTORS.map((fd) => `/proc/${pid}/fd/${fd}`).find((path) => isIt(path, file)) ?? null;
}

/** The name proves it, whoever has the pid by now: the path holds the run's id, and no other program had it open. */
function isIt(path: string, file: string): boolean {
  try {
    return readlinkSync(path) === `${file} (deleted)`;
  } catch {
    return false;
  }
}
