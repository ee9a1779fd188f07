/**
 * On a virtual machine, memory that was not used for a while is given back to the host, and getting it again costs more
 * than the write that asks for it. Before each round of an output measure as much of the page cache as the round will
 * fill is taken and freed, so that no contender pays for the memory of those before it.
 */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import type { Rig } from './rig';

const BLOCK = Buffer.alloc(1024 * 1024);

export function warmPageCache(rig: Rig, bytes: number): void {
  const path = rig.path('warming');
  const fd = openSync(path, 'w');
  for (let written = 0; written < bytes; written += BLOCK.length) writeSync(fd, BLOCK);
  closeSync(fd);
  rmSync(path);
}
