/** What jobs have written down of themselves (witness/job.pl says in which words). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One attempt, as it was. Times by the machine's own clock. */
export interface AttemptAccount {
  readonly attempt: string;
  readonly job: string;
  readonly worker: string;
  readonly beganAtMs: number;
  readonly isAlone: boolean;
  readonly devicesAreFree: boolean;
  /** By index. */
  readonly devices: readonly string[];
  /** With which code it ran to its end; null = it did not come to that. */
  readonly code: number | null;
  /** It was there then. Short ones that were ended tell no more than that they began. */
  readonly seenAtMs: number;
}

/** In the order in which they began, by job. One that began twice is there twice. */
export function readAccounts(directory: string): Map<string, AttemptAccount[]> {
  const file = join(directory, 'account');
  const lines = existsSync(file) ? readFileSync(file, 'latin1').trim().split('\n') : [];
  const words = lines.map((line) => line.split(' '));
  const ends = new Map(
    words.flatMap(([word, , attempt = '', code, atMs]) => (word === 'end' ? [[attempt, { code, atMs }]] : [])),
  );
  const accounts = new Map<string, AttemptAccount[]>();
  for (const [word, job = '', attempt = '', worker = '', atMs, isAlone, isFree, devices = ''] of words) {
    if (word !== 'begin') continue;
    const end = ends.get(attempt);
    const own = accounts.get(job) ?? [];
    accounts.set(job, own);
    own.push({
      attempt,
      job,
      worker,
      beganAtMs: Number(atMs),
      isAlone: isAlone === 'alone',
      devicesAreFree: isFree === 'free',
      devices: devices === '' ? [] : devices.split(','),
      code: end === undefined ? null : Number(end.code),
      seenAtMs: Math.max(Number(atMs), Number(end?.atMs ?? 0), lastWord(join(directory, `alive-${attempt}`))),
    });
  }
  return accounts;
}

function lastWord(file: string): number {
  return existsSync(file) ? Number(readFileSync(file, 'latin1').trim() || 0) : 0;
}

/** When a worker's devices were looked at, and which were empty. Oldest first. */
export interface Look {
  readonly worker: string;
  /** It happened somewhere between: whoever looks may have to wait for a core. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly empty: ReadonlySet<string>;
}

export function readLooks(directory: string): Look[] {
  const file = join(directory, 'looks');
  const lines = existsSync(file) ? readFileSync(file, 'latin1').trim().split('\n') : [];
  return lines.map((line) => {
    const [worker = '', fromMs, toMs, empty = ''] = line.split(' ');
    return { worker, fromMs: Number(fromMs), toMs: Number(toMs), empty: new Set(empty.split(',')) };
  });
}
