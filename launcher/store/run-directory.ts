/**
 * One run's directory: what must be known of a run by whoever adopts it.
 *
 *   output      stdout and stderr, appended by the child itself
 *   output.gone what is no longer in it (output/account.ts)
 *   errors      stderr alone, where the output is split
 *   stdin       the text it was given as its stdin, where it was given one
 *   cgroups     the cgroups that hold its limits apart from its tree's, a line each, where it has such
 *   private     empty: it has a directory of its own (birth/private-directory.ts), to be removed with its end
 *   container.json  what is known of its container, where it is one (container/container-trace.ts)
 *   child       four lines by the child before it becomes the program: its stat line, boot id, cgroup, run
 *   exit        the status, the run and a newline, by the shim; a record without its newline does not exist
 *   lifeline    the FIFO that the shim holds while it lives
 *   ended.json  how it ended, once its tree was verified gone
 *   done        empty: the manager has its end and its whole output, it may be forgotten
 *
 * The files of a run that is over may become another's (cradle-pool.ts): a record that names another run is none.
 *
 * Nothing here is fsynced: after a power cut nothing lives that it could speak of, and a killed launcher loses nothing
 * that it wrote.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Exit } from '../../protocol/exit';
import type { RunId } from '../../protocol/ids';
import { StopCertificate } from '../../protocol/process-state';
import { outputLength } from '../output/output-length';
import { parseLifelineWord, parseExitRecord } from '../core/lifeline-word';
import type { ProcStat } from '../core/proc-stat';
import { discard } from './discard';

/** So much of an output is read for the sentence about a birth that failed. */
const SAID_BYTES_MAX = 500;

/** A birth as it was written down. */
export interface Birth {
  /** The shim leads its session. */
  readonly child: ProcStat;
  readonly bootId: string;
  /** Where the run's cgroup is made; null = this machine lets us make none. */
  readonly cgroup: string | null;
}

export const EndRecord = z.object({
  exit: Exit,
  /** Written to `output`, also what is there no more. */
  outputBytes: z.number().int(),
  /** The same of `errors`. */
  errorBytes: z.number().int().default(0),
  certificate: StopCertificate.nullable(),
});
export type EndRecord = z.infer<typeof EndRecord>;

export class RunDirectory {
  readonly output: string;
  readonly errors: string;
  readonly stdin: string;
  readonly lifeline: string;

  constructor(
    readonly path: string,
    readonly run: RunId,
  ) {
    this.output = join(path, 'output');
    this.errors = join(path, 'errors');
    this.stdin = join(path, 'stdin');
    this.lifeline = join(path, 'lifeline');
  }

  /** Null = the child was not born yet, or the disk was full. */
  readBirth(): Birth | null {
    return parseBirth(readText(join(this.path, 'child')) ?? '', this.run);
  }

  writeStdin(text: string): void {
    writeFileSync(this.stdin, text, { mode: 0o600 });
  }

  /** Before the birth: whoever adopts the run reads from them what the kernel counted, and removes them. */
  noteCgroups(paths: readonly string[]): void {
    writeFileSync(join(this.path, 'cgroups'), paths.map((path) => `${path}\n`).join(''), { mode: 0o600 });
  }

  /** Before the birth: whoever adopts the run removes it. */
  notePrivateDirectory(): void {
    writeFileSync(join(this.path, 'private'), '', { mode: 0o600 });
  }

  get hasPrivateDirectory(): boolean {
    return existsSync(join(this.path, 'private'));
  }

  readCgroups(): readonly string[] {
    return (readText(join(this.path, 'cgroups')) ?? '').split('\n').filter((path) => path !== '');
  }

  /** The shim's record, and when it was written. */
  readExit(): { readonly status: number; readonly atMs: number } | null {
    const path = join(this.path, 'exit');
    const status = parseExitRecord(readText(path) ?? '', this.run);
    return status === null ? null : { status, atMs: Math.round(statSync(path).mtimeMs) };
  }

  /** Off the way of a restart. Until it is written, a killed launcher's successor reads the end from `exit`. */
  async writeEnd(end: EndRecord): Promise<void> {
    const path = join(this.path, 'ended.json');
    await writeFile(`${path}.t`, JSON.stringify(end));
    await rename(`${path}.t`, path);
  }

  readEnd(): EndRecord | null {
    return readJson(join(this.path, 'ended.json'), EndRecord);
  }

  /** What it has written, as an end tells it. */
  get written(): Pick<EndRecord, 'outputBytes' | 'errorBytes'> {
    return { outputBytes: outputLength(this.output), errorBytes: outputLength(this.errors) };
  }

  /** How its output begins, on one line, or what it said beside it. */
  get saidFirst(): string {
    const told = [this.output, this.errors].map((file) =>
      readBeginning(file)
        .trim()
        .replaceAll(/\s*\n\s*/g, '; '),
    );
    return told.filter((text) => text !== '').join('; ');
  }

  get isDone(): boolean {
    return existsSync(join(this.path, 'done'));
  }

  markDone(): void {
    writeFileSync(join(this.path, 'done'), '');
  }

  remove(): void {
    discard(this.path);
  }
}

/** The `child` record; null = it is cut short, or another run's. */
export function parseBirth(text: string, run: RunId): Birth | null {
  const lines = text.split('\n');
  const [told = '', bootId = '', cgroup = '', of = ''] = lines;
  // Earlier versions did not name the run.
  const isOwn = of === run || (of === '' && lines.length === 4);
  const word = isOwn ? parseLifelineWord(told) : null;
  if (word?.kind !== 'child') return null;
  return { child: word.stat, bootId, cgroup: cgroup === '' ? null : cgroup };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}

function readBeginning(path: string): string {
  const buffer = Buffer.alloc(SAID_BYTES_MAX);
  try {
    const fd = openSync(path, 'r');
    try {
      return buffer.toString('utf8', 0, readSync(fd, buffer));
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}

function readJson<T>(path: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null; // absent, or cut short by a power cut
  }
}
