/** How much a run has written to one of its output files, as far as can be told from what is left of it. */
import { statSync } from 'node:fs';
import { readAccount } from './account';

/** The offset behind its last byte. Of a file that is not there: behind the last one that was given up. */
export function outputLength(file: string): number {
  const { shift, goneTo } = readAccount(file);
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  return size === undefined ? goneTo : shift + size;
}
