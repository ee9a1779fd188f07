/** Takes over what a run wrote to one of its streams, as much of it as the limit allows (core/local-jobs/cut-output.ts). */
import { open, rename, type FileHandle } from 'node:fs/promises';
import { missingText, partsKept, tornAtEnd, tornAtStart, type Part } from '../core/local-jobs/cut-output';

/** On the disk when it resolves. An empty stream leaves nothing. */
export async function keepOutput(from: string, to: string, limitBytes: number): Promise<void> {
  const source = await open(from, 'r').catch(() => null);
  if (source === null) return;
  try {
    const { size } = await source.stat();
    if (size === 0) return;
    await writeWhole(to, await keptOf(source, size, limitBytes));
  } finally {
    await source.close();
  }
}

async function keptOf(source: FileHandle, size: number, limitBytes: number): Promise<Buffer> {
  const [head, tail] = partsKept(size, limitBytes);
  const first = await read(source, head);
  if (tail === undefined) return first;
  const last = await read(source, tail);
  const start = first.subarray(0, first.length - tornAtEnd(first));
  const end = last.subarray(tornAtStart(last));
  const missing = size - start.length - end.length;
  return Buffer.concat([start, Buffer.from(missingText(missing, limitBytes)), end]);
}

async function read(source: FileHandle, { from, to }: Part): Promise<Buffer> {
  const buffer = Buffer.alloc(to - from);
  const { bytesRead } = await source.read(buffer, 0, buffer.length, from);
  return buffer.subarray(0, bytesRead);
}

async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const temporary = `${path}.t`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
