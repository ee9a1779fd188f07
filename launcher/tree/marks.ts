/**
 * What a process bears of the run it descends from: the cookie in the environment it was executed with, and the run's
 * output as its stdout or stderr. Either may be thrown away; a process that has thrown away both may still be found by its
 * session, its group or its parent.
 */
import { readlinkSync } from 'node:fs';
import { uptime } from 'node:os';
import type { RunId } from '../../protocol/ids';
import { COOKIE_VARIABLE } from '../core/child-environment';
import type { ProcStat } from '../core/proc-stat';
import { readProcText } from '../process/identity';

export interface Marks {
  readonly runs: readonly RunId[];
  /** It will not change: need not be read again. */
  readonly isSettled: boolean;
}

/** The kernel's ticks are hundredths of a second on every machine Node runs on. */
const TICKS_PER_SECOND = 100;
/** Younger than this, a process may still be between fork and exec. */
const YOUNG_SECONDS = 2;

const COOKIE = new RegExp(`(?:^|\\0)${COOKIE_VARIABLE}=([0-9]{13}[a-z2-7]{12})(?:\\0|$)`);
const OUTPUT = /\/([0-9]{13}[a-z2-7]{12})\/(?:output|errors)(?: \(deleted\))?$/;

export function marksOf({ pid, startTicks }: ProcStat): Marks {
  // In the middle of an exec the environment is empty, and of another user's process it cannot be read.
  const environment = readProcText(`/proc/${pid}/environ`) ?? '';
  const found = [COOKIE.exec(environment), ...[1, 2].map((fd) => OUTPUT.exec(linkOf(`/proc/${pid}/fd/${fd}`)))];
  const runs = [...new Set(found.flatMap((match) => match?.[1] ?? []))] as RunId[];
  const isOld = uptime() - startTicks / TICKS_PER_SECOND > YOUNG_SECONDS;
  // Who was of a run once stays of it; who never was cannot join one later.
  return { runs, isSettled: runs.length > 0 || (isOld && environment !== '') };
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed, another user's, or it ended
  }
}
