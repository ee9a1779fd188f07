/**
 * One run's directory: what must be known of a run by whoever adopts it.
 *
 *   run.json   what it is (written before the spawn)      output    stdout and stderr, appended by the child itself
 *   child      the shim's and the child's stat lines      lifeline  the FIFO, while the shim lives
 *   exit       the status and a newline                   ended.json  how it ended, once its tree was verified gone
 *   done       empty: the manager has its end and its whole output, it may be forgotten
 *
 * Nothing here is fsynced: after a power cut nothing lives that it could speak of, and a killed launcher loses nothing
 * that it wrote.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Exit } from '../../protocol/exit';
import { ProcessName, RunId } from '../../protocol/ids';
import { StopCertificate } from '../../protocol/process-state';
import { parseLifelineWord, parseExitRecord } from '../core/lifeline-word';
import { parseProcStat, type ProcStat } from '../core/proc-stat';

export const RunRecord = z.object({
  run: RunId,
  process: ProcessName,
  command: z.string(),
  /** The run's own cgroup, made when the child is born; null = this machine lets us make none. */
  cgroup: z.string().nullable(),
  bootId: z.string(),
  bornAtMs: z.number(),
});
export type RunRecord = z.infer<typeof RunRecord>;

export const EndRecord = z.object({
  exit: Exit,
  outputBytes: z.number().int(),
  certificate: StopCertificate.nullable(),
});
export type EndRecord = z.infer<typeof EndRecord>;

export class RunDirectory {
  readonly output: string;
  readonly lifeline: string;

  constructor(
    readonly path: string,
    readonly run: RunId,
  ) {
    this.output = join(path, 'output');
    this.lifeline = join(path, 'lifeline');
  }

  create(): void {
    mkdirSync(this.path, { recursive: true });
  }

  writeRecord(record: RunRecord): void {
    writeFileSync(join(this.path, 'run.json'), JSON.stringify(record));
  }

  /** Null = the launcher was killed while it prepared the run: nothing was born. */
  readRecord(): RunRecord | null {
    return readJson(join(this.path, 'run.json'), RunRecord);
  }

  /** The birth as the shim and the child wrote it down. */
  readChild(): { readonly shim: ProcStat | null; readonly child: ProcStat } | null {
    const [shim = '', child = ''] = (readText(join(this.path, 'child')) ?? '').split('\n');
    const word = parseLifelineWord(child);
    if (word?.kind !== 'child') return null;
    return { shim: parseProcStat(shim), child: word.stat };
  }

  /** The shim's record, and when it was written. */
  readExit(): { readonly status: number; readonly atMs: number } | null {
    const path = join(this.path, 'exit');
    const status = parseExitRecord(readText(path) ?? '');
    return status === null ? null : { status, atMs: Math.round(statSync(path).mtimeMs) };
  }

  writeEnd(end: EndRecord): void {
    const path = join(this.path, 'ended.json');
    writeFileSync(`${path}.t`, JSON.stringify(end));
    renameSync(`${path}.t`, path);
  }

  readEnd(): EndRecord | null {
    return readJson(join(this.path, 'ended.json'), EndRecord);
  }

  get outputBytes(): number {
    try {
      return statSync(this.output).size;
    } catch {
      return 0;
    }
  }

  get isDone(): boolean {
    return existsSync(join(this.path, 'done'));
  }

  markDone(): void {
    writeFileSync(join(this.path, 'done'), '');
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}

function readJson<T>(path: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null; // absent, or cut short by a power cut
  }
}
