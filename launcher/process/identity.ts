/**
 * Who a pid is. A pid alone is no identity: it is given to another process soon after (pid_max is 32768 on many
 * machines). Boot id + pid + kernel start time are one; the run's cookie in the environment is the second witness.
 * Read synchronously: these files never wait for a disk, and nothing may happen between the look and the signal.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { isLiving, parseProcStat, type ProcStat } from '../core/proc-stat';

/** A process of this boot. */
export interface Identity {
  readonly pid: number;
  /** 0 where the kernel does not tell (no /proc): then the pid alone is compared. */
  readonly startTicks: number;
}

export const hasProc = (): boolean => readStat(process.pid) !== null;

/** This boot's id; `no-boot-id` where there is no /proc. */
export function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return 'no-boot-id';
  }
}

const buffer = Buffer.allocUnsafe(256 * 1024);

/** No descriptor or no memory is left for a look: then it says nothing of whom one looked for. */
const CANNOT_LOOK = new Set<unknown>(['EMFILE', 'ENFILE', 'ENOMEM']);

/** Null = it cannot be read. Throws where it cannot be looked at. */
function readProcFile(path: string): Buffer | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (CANNOT_LOOK.has((error as NodeJS.ErrnoException).code)) throw error;
    return null;
  }
  try {
    let length = 0;
    for (;;) {
      const read = readSync(fd, buffer, length, buffer.length - length, null);
      length += read;
      // Such a file is given in one piece, except an environment longer than a page.
      if (read === 0 || length === buffer.length || read % 4096 !== 0) return buffer.subarray(0, length);
    }
  } catch {
    return null; // it ended between open and read
  } finally {
    closeSync(fd);
  }
}

/** A file of /proc as text; null = cannot be read. */
export const readProcText = (path: string): string | null =>
  orNull(() => readProcFile(path)?.toString('latin1') ?? null);

/** Who has this number; null = nobody, or it cannot be looked at. */
export const readStat = (pid: number): ProcStat | null => orNull(() => lookAt(pid));

/** The same, where nobody is not to be mistaken for a look that cannot be had: that is thrown. */
export function lookAt(pid: number): ProcStat | null {
  const text = readProcFile(`/proc/${pid}/stat`);
  return text === null ? null : parseProcStat(text.toString('latin1'));
}

function orNull<T>(look: () => T | null): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}

/** False = exactly this process does not live. Where it cannot be looked at, it may. */
export function lives(identity: Identity): boolean {
  return orNull(() => isThere(identity, lookAt)) ?? true;
}

/** Exactly this process was seen to live, now. */
export const isSeen = (identity: Identity): boolean => isThere(identity, readStat);

function isThere({ pid, startTicks }: Identity, look: typeof lookAt): boolean {
  if (startTicks === 0) return exists(pid);
  const stat = look(pid);
  return stat !== null && stat.startTicks === startTicks && isLiving(stat);
}

/** The shim leads its child's session. A leader of that number that is younger than the child is a stranger. */
export function sessionLeader(child: { startTicks: number; session: number }): Identity {
  const stat = readStat(child.session);
  const isShim = stat !== null && stat.session === stat.pid && stat.startTicks <= child.startTicks;
  return { pid: child.session, startTicks: isShim ? stat.startTicks : child.startTicks };
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
