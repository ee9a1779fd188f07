/**
 * A winston transport for one log file that is rotated by size, as Python's RotatingFileHandler does: `x.log`, `x.log.1`
 * (newest), `x.log.2`... Manager and launcher share it.
 *
 * winston's own File transport was tried: 1500 lines logged in one turn across a few rotations left every file empty
 * and its end unreported. Here each line is one synchronous append: it is in the file when the call returns, also if the
 * very next thing is a crash. Manager and launcher log a few lines a second at most, so the microseconds do not matter.
 */
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import Transport from 'winston-transport';

/** Where winston's format has put the finished line. */
const LINE = Symbol.for('message');

export class RotatingLogFile extends Transport {
  private descriptor: number | null = null;
  private sizeBytes = 0;
  /** A full disk is said once, not once a line; the first line that fits again ends the silence. */
  private failing = false;

  constructor(
    private readonly file: {
      readonly path: string;
      readonly maxSizeBytes: number;
      /** Older files kept beside the living one; 0 = the file begins anew. */
      readonly backups: number;
    },
  ) {
    super();
  }

  override log(info: { [LINE]?: string }, next: () => void): void {
    const line = Buffer.from(`${info[LINE] ?? ''}\n`);
    try {
      this.append(line);
      this.failing = false;
    } catch (error) {
      if (!this.failing) process.stderr.write(`log file ${this.file.path} cannot be written: ${String(error)}\n`);
      this.failing = true;
    }
    next();
  }

  override close(): void {
    if (this.descriptor !== null) closeSync(this.descriptor);
    this.descriptor = null;
  }

  private append(line: Buffer): void {
    if (this.sizeBytes > 0 && this.sizeBytes + line.length > this.file.maxSizeBytes) this.rotate();
    this.descriptor ??= this.open();
    this.sizeBytes += writeSync(this.descriptor, line);
  }

  private open(): number {
    mkdirSync(dirname(this.file.path), { recursive: true });
    const descriptor = openSync(this.file.path, 'a');
    this.sizeBytes = fstatSync(descriptor).size;
    return descriptor;
  }

  /** Oldest first, so that a crash between two renames loses the oldest file at most. */
  private rotate(): void {
    this.close();
    const { path, backups } = this.file;
    const numbered = (n: number): string => (n === 0 ? path : `${path}.${n}`);
    for (let n = backups - 1; n >= 0; n--) renameIfThere(numbered(n), numbered(n + 1));
    if (backups === 0) closeSync(openSync(path, 'w'));
    this.sizeBytes = 0;
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
