/**
 * Five-minute steps of one subject over weeks, as fixed records in a file of its own: the step's number, then mean and
 * peak of each figure. Appended once per step; a record cut short by a power cut is dropped with the next write; when the
 * file holds twice what is kept, it is written anew with the newest half.
 */
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FIGURES, type Figure } from './figures';

export const LONG_STEP_MS = 300_000;
/** Four weeks. */
const STEPS_KEPT = 8064;
const RECORD_BYTES = 4 + FIGURES.length * 8;

export type Cell = { readonly mean: number; readonly peak: number } | null;
export interface LongStep {
  readonly step: number;
  readonly cells: Readonly<Record<Figure, Cell>>;
}

export async function appendLong(file: string, written: LongStep): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a+');
  let bytes: number;
  try {
    const { size } = await handle.stat();
    bytes = size - (size % RECORD_BYTES);
    if (bytes !== size) await handle.truncate(bytes);
    await handle.appendFile(encode(written));
  } finally {
    await handle.close();
  }
  if (bytes / RECORD_BYTES < 2 * STEPS_KEPT) return;
  const all = await readFile(file);
  await writeFile(`${file}.t`, all.subarray(all.length - STEPS_KEPT * RECORD_BYTES));
  await rename(`${file}.t`, file);
}

/** Steps from `fromStep` on, oldest first. A subject that was never measured has none. */
export async function readLong(file: string, fromStep: number): Promise<LongStep[]> {
  const all = await readFile(file).catch(() => Buffer.alloc(0));
  const steps: LongStep[] = [];
  for (let at = 0; at + RECORD_BYTES <= all.length; at += RECORD_BYTES)
    if (all.readUInt32LE(at) >= fromStep) steps.push(decode(all, at));
  return steps;
}

export const forgetLong = (path: string): Promise<void> => rm(path, { recursive: true, force: true });

function encode({ step, cells }: LongStep): Buffer {
  const record = Buffer.alloc(RECORD_BYTES);
  record.writeUInt32LE(step, 0);
  FIGURES.forEach((figure, i) => {
    record.writeFloatLE(cells[figure]?.mean ?? NaN, 4 + i * 8);
    record.writeFloatLE(cells[figure]?.peak ?? NaN, 8 + i * 8);
  });
  return record;
}

function decode(all: Buffer, at: number): LongStep {
  const cells = FIGURES.map((figure, i): [Figure, Cell] => {
    const mean = all.readFloatLE(at + 4 + i * 8);
    return [figure, Number.isNaN(mean) ? null : { mean, peak: all.readFloatLE(at + 8 + i * 8) }];
  });
  return { step: all.readUInt32LE(at), cells: Object.fromEntries(cells) as Record<Figure, Cell> };
}
