/** What a small open file says, from its beginning: those of the kernel are made anew for each read there. */
import { readSync } from 'node:fs';

const buffer = Buffer.allocUnsafe(4096);

/** Its first 4 KiB, a character each byte. Throws where it cannot be read. */
export const textOf = (fd: number): string => buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0));
