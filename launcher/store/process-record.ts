/**
 * What a launcher remembers of a process across its own lives: definition, wish, state, restart history, owed and given
 * answers. One small file per process, so that a change costs the same with one process and with a thousand.
 *
 * Written before anything is done, by rename, so a launcher killed at any moment finds the old record or the new one.
 * Flushed to the disk only when the wish changed ("stopped stays stopped" must outlive a power cut); all else describes
 * processes, and after a power cut there are none.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { CommandId } from '../../protocol/ids';
import { CommandResult } from '../../protocol/link';
import { Supervised } from '../core/supervisor-state';

export const ProcessRecord = z.object({
  version: z.literal(1),
  /** Who defined it last. */
  origin: z.enum(['command-line', 'file', 'manager']),
  supervised: Supervised,
  /** The newest answers, to recognise a repeated command. */
  answered: z.array(z.object({ command: CommandId, result: CommandResult })),
  /** It runs elsewhere now: forgotten as soon as it is stopped. */
  superseded: z.boolean(),
  /** Forgotten; only its output is still on its way. */
  forgotten: z.boolean(),
});
export type ProcessRecord = z.infer<typeof ProcessRecord>;
export type Origin = ProcessRecord['origin'];

/** Null = there is none, or none that can be read. The unreadable one is kept beside, as `.bad`. */
export function loadRecord(file: string): ProcessRecord | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  try {
    return ProcessRecord.parse(JSON.parse(text));
  } catch {
    renameSync(file, `${file}.bad`);
    return null;
  }
}

export function saveRecord(file: string, record: ProcessRecord, durable: boolean): void {
  const temporary = `${file}.t`;
  const fd = openSync(temporary, 'w', 0o600);
  try {
    writeSync(fd, JSON.stringify(record));
    if (durable) fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, file);
  if (durable) flushDirectory(dirname(file));
}

function flushDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
