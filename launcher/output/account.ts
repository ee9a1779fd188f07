/**
 * What is no longer in an output file, written down beside it (`<file>.gone`) before it goes: a launcher that comes after
 * this one must not take the zeros of a hole for what the child wrote.
 */
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { z } from 'zod';
import { GapReason } from '../../protocol/output-gap';
import { discard } from '../store/discard';

export const Account = z.object({
  /** Offsets below this are no longer here. */
  goneTo: z.number().int().min(0),
  /** What to say to a manager that does not have them. */
  why: GapReason,
  /** The offset of the file's first byte: above 0 once somebody cut the file short and the child wrote on. */
  shift: z.number().int().min(0),
});
export type Account = z.infer<typeof Account>;

/** Three numbers and a word, with room to spare. */
const ACCOUNT_BYTES = 256;

const NOTHING_GONE: Account = { goneTo: 0, why: 'already-freed', shift: 0 };

const ENDING = '.gone';
const pathOf = (file: string): string => `${file}${ENDING}`;

/** Of a name of either: that of the output. */
export const outputOfAccount = (name: string): string => (name.endsWith(ENDING) ? name.slice(0, -ENDING.length) : name);

/** With what is written down of it. @throws where the disk refuses */
export function moveOutput(from: string, to: string): void {
  for (const [at, place] of [
    [pathOf(from), pathOf(to)],
    [from, to],
  ] as const)
    if (existsSync(at)) renameSync(at, place);
}

/** With what is written down of it. */
export function discardOutput(file: string): void {
  for (const path of [file, pathOf(file)]) discard(path);
}

export function readAccount(file: string): Account {
  try {
    return Account.parse(JSON.parse(readFileSync(pathOf(file), 'utf8')));
  } catch {
    return NOTHING_GONE; // absent: nothing was ever taken away
  }
}

/** The place in the file where what is still there begins: before it are the zeros of a hole, or what was read before. */
export function presentFrom(file: string): number {
  const { goneTo, shift } = readAccount(file);
  return goneTo - shift;
}

/**
 * Makes room for the account while there is some: it is most needed on a full disk, and writing over it then takes none.
 * What is there already stays.
 */
export function prepareAccount(file: string): void {
  if (existsSync(pathOf(file))) return;
  try {
    writeFileSync(pathOf(file), padded(NOTHING_GONE), { mode: 0o600 });
  } catch {
    // The disk is full already: it is tried again with the first thing to write down.
  }
}

/** The file is another's now, of which nothing is gone. @throws where it cannot be */
export function clearAccount(file: string): void {
  if (readAccount(file).goneTo > 0 || !existsSync(pathOf(file))) writeAccount(file, NOTHING_GONE);
}

/** In one write over what was there. @throws when it cannot be: then nothing may be taken away either */
export function writeAccount(file: string, account: Account): void {
  const fd = openSync(pathOf(file), constants.O_WRONLY | constants.O_CREAT, 0o600);
  try {
    writeSync(fd, padded(account), 0);
  } finally {
    closeSync(fd);
  }
}

/** Always of one length, so that no end of an older one is left behind it. */
function padded(account: Account): string {
  return `${JSON.stringify(account).padEnd(ACCOUNT_BYTES - 1)}\n`;
}

/** Of a file of which nothing is gone. */
export const NOTHING_GONE_TEXT = padded(NOTHING_GONE);
