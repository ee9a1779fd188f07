/**
 * The child of the output measures: `dd`, which is on every machine, reads a file of lines and writes it to its stdout
 * in blocks of a given size, and tells by its own clock how long that took. It begins when its gate opens, so nobody's
 * start is measured.
 */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, writeFileSync, writeSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Gate, LineFifo } from './fifo';
import type { Rig } from './rig';

const LINE_BYTES = 100;
const BLOCK_BYTES = 64 * 1024;
/** A buffered stdout, and one that is flushed with each line. */
export const STYLES = {
  buffered: { blockBytes: BLOCK_BYTES, words: 'block-buffered' },
  lines: { blockBytes: LINE_BYTES, words: 'a write per line' },
} as const;
export type Style = keyof typeof STYLES;

const SCRIPT = `#!/bin/sh
# Arguments: gate, block size, what to write, where to tell.
read -r _ <"$1"
LC_ALL=C exec dd if="$3" bs="$2" 2>"$4"
`;

export interface Payload {
  readonly path: string;
  readonly bytes: number;
}

/** Lines of 100 bytes; every block has its number in it, so that a lost, doubled or moved one changes the hash. */
export function writePayload(rig: Rig, name: string, wantedBytes: number): Payload {
  const path = rig.path(name);
  const line = 'An ordinary line of a log, as long as lines are, with a number here and there: 0123456789 and so on...';
  const linesPerBlock = 10_000;
  const block = Buffer.from(`${line.slice(0, LINE_BYTES - 1)}\n`.repeat(linesPerBlock));
  const blocks = Math.ceil(wantedBytes / block.length);
  const fd = openSync(path, 'w');
  for (let number = 0; number < blocks; number++) {
    block.write(String(number).padStart(12, '0'), 0, 'latin1');
    writeSync(fd, block);
  }
  closeSync(fd);
  return { path, bytes: blocks * block.length };
}

export async function sha256Of(bytes: NodeJS.ReadableStream): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(bytes, hash);
  return hash.digest('hex');
}

export const payloadHash = ({ path }: Payload): Promise<string> => sha256Of(createReadStream(path));

/** One contender's writer: its command line, its gate, and what it tells. */
export class Writer {
  readonly command: readonly [string, ...string[]];
  readonly #gate: Gate;
  readonly #told: LineFifo;

  constructor(rig: Rig, name: string, { path }: Payload, style: Style) {
    this.#gate = new Gate(rig, `${name}-${style}-gate`);
    this.#told = new LineFifo(rig, `${name}-${style}-told`);
    const script = rig.path('writer.sh');
    writeFileSync(script, SCRIPT);
    const blockBytes = String(STYLES[style].blockBytes);
    this.command = ['/bin/sh', script, this.#gate.path, blockBytes, path, this.#told.path];
  }

  begin(): void {
    this.#gate.open();
  }

  /** @returns bytes per second, by dd's own clock: `1000000 bytes (1.0 MB) copied, 0.25 s, 4.0 MB/s` */
  async rate(): Promise<number> {
    for (;;) {
      const { text } = await this.#told.next();
      const [, bytes, seconds] = /^(\d+) bytes .*copied, ([\d.e-]+) s/.exec(text) ?? [];
      if (bytes !== undefined) return Number(bytes) / Number(seconds);
    }
  }
}
