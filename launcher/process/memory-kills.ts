/**
 * What the kernel's memory killer did on this machine: counted in /proc/vmstat (Linux 4.13), named in the kernel's log where
 * that may be read. Looked at when something died, and with each heartbeat, so that a count can be placed in time.
 */
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';

const MOMENT_MS = 20;

export class MachineMemoryKills {
  /** Null = this system does not count. */
  #total = readCount();
  #lookedAtMs: number;
  /** When it was still as it had been before it last grew. */
  #grewAfterMs: number | null = null;

  /** @param now ms, of a clock that never goes back */
  constructor(private readonly now: () => number) {
    this.#lookedAtMs = now();
  }

  /** One read of a file of the kernel's. @returns kills since boot; null = not counted */
  look(): number | null {
    const total = readCount();
    if (total !== null && this.#total !== null && total > this.#total) this.#grewAfterMs = this.#lookedAtMs;
    this.#total = total;
    this.#lookedAtMs = this.now();
    return total;
  }

  /** The same as it was a moment ago, at most: for who is born, where hundreds are. */
  lately(): number | null {
    return this.now() - this.#lookedAtMs < MOMENT_MS ? this.#total : this.look();
  }

  /** How long ago the newest kill is at most. Null = there was none since the launcher began. */
  get newestWithinMs(): number | null {
    return this.#grewAfterMs === null ? null : this.now() - this.#grewAfterMs;
  }
}

function readCount(): number | null {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'latin1'))?.[1];
    return count === undefined ? null : Number(count);
  } catch {
    return null;
  }
}

/**
 * The line of the kernel's log in which its memory killer names this process.
 * @param kills how many there were while it lived: as many of the newest lines are its time's, whatever clock the log has
 * @returns null = it is not named; undefined = the log cannot be read, or does not go back so far
 */
export function memoryKillLine(pid: number, kills: number): string | null | undefined {
  let fd: number;
  try {
    fd = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  const lines: string[] = [];
  const buffer = Buffer.alloc(8192); // one record per read, and none is longer
  try {
    for (let record = nextRecord(fd, buffer); record !== null; record = nextRecord(fd, buffer)) {
      // "level,sequence,microseconds,flags;text"
      const text = /^[^;]*;(.*Killed process \d+ \(.*)/.exec(record)?.[1];
      if (text !== undefined) lines.push(text);
    }
  } finally {
    closeSync(fd);
  }
  const named = lines.slice(-kills).findLast((line) => line.includes(`Killed process ${pid} (`));
  return named ?? (lines.length < kills ? undefined : null);
}

function nextRecord(fd: number, buffer: Buffer): string | null {
  for (;;)
    try {
      return buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, null));
    } catch (error) {
      // EPIPE: what we were about to read was overwritten meanwhile; the next read goes on behind it.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return null;
    }
}
