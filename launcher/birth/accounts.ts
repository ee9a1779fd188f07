/** Users and groups of this machine, by name or number. Read from the files; asked of `getent` where those do not know (LDAP). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Account {
  readonly name: string;
  readonly uid: number;
  /** Its own group. */
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** A directory service that does not answer must not hold the launcher for longer. */
const ASK_TIMEOUT_MS = 2_000;
/** What was asked is believed for so long. */
const KEPT_MS = 60_000;

/** Null = there is no such user. */
export function findUser(nameOrNumber: string): Account | null {
  const [name, , uid, gid, , home, shell] = findEntry('passwd', nameOrNumber) ?? [];
  if (name === undefined) return null;
  return { name, uid: Number(uid), gid: Number(gid), home: home || '/', shell: shell || '/bin/sh' };
}

/** A number needs no entry. Null = there is no such group. */
export function findGroup(nameOrNumber: string): number | null {
  if (/^\d+$/.test(nameOrNumber)) return Number(nameOrNumber);
  const gid = findEntry('group', nameOrNumber)?.[2];
  return gid === undefined ? null : Number(gid);
}

/** The fields of its line. Name and number are fields 1 and 3 in both files. */
function findEntry(database: 'passwd' | 'group', nameOrNumber: string): readonly string[] | null {
  const isIt = (fields: readonly string[]): boolean => fields[0] === nameOrNumber || fields[2] === nameOrNumber;
  return linesOf(readText(`/etc/${database}`)).find(isIt) ?? linesOf(asked(database, nameOrNumber)).find(isIt) ?? null;
}

const linesOf = (text: string): string[][] => text.split('\n').map((line) => line.split(':'));

const answers = new Map<string, { readonly text: string; readonly atMs: number }>();

function asked(database: string, key: string): string {
  const known = answers.get(`${database} ${key}`);
  if (known !== undefined && performance.now() - known.atMs < KEPT_MS) return known.text;
  let text = '';
  try {
    text = execFileSync('getent', [database, key], {
      timeout: ASK_TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString();
  } catch {
    // Not known there either, no getent, or no answer in time.
  }
  answers.set(`${database} ${key}`, { text, atMs: performance.now() });
  return text;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
