/**
 * Cradles: run directories made ready before they are needed, each with its FIFO and its empty files. A start takes one
 * by rename, so it neither executes a program (Node cannot make a FIFO, `mkfifo` can) nor creates a file: on a busy
 * disk each of those costs a millisecond. It also means that a run has its inodes before the disk runs out of them.
 */
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clearAccount, NOTHING_GONE_TEXT } from '../output/account';
import { discard } from './discard';

/** Kept ready. More are made when fewer than half are left. */
const READY = 8;
/** Where runs come and go by the hundred, so many are kept of those that were used. */
const USED_MAX = 64;
/** What a run's directory holds from the beginning: on a full disk, what is to be freed of its output can be written down. */
const FILES: readonly (readonly [name: string, text: string])[] = [
  ['output', ''],
  ['output.gone', NOTHING_GONE_TEXT],
  ['child', ''],
  ['exit', ''],
];
/** What no child holds; the records are written over. */
const REUSED = ['child', 'exit', 'lifeline', 'output.gone'];

const execute = promisify(execFile);

export class CradlePool {
  readonly #ready: string[] = [];
  /** FIFOs of ended runs, to be used again. */
  readonly #lifelines: string[] = [];
  #isFilling = false;

  constructor(private readonly directory: string) {
    // What an earlier launcher had ready may be half made: that is not found out, but made anew.
    discard(directory);
    try {
      this.#makeNow(READY);
    } catch {
      // A full disk: what runs can be watched and stopped without them, and the next start says what is wrong.
    }
  }

  /** One of them, to be used. */
  take(): string {
    if (this.#ready.length === 0) this.#makeNow(READY);
    const cradle = this.#ready.pop();
    if (cradle === undefined) throw new Error(`no run directory could be made in ${this.directory}`);
    if (this.#ready.length < READY / 2) setImmediate(() => void this.#fill());
    return cradle;
  }

  /** Its run is born: what is open in it stays open. */
  settle(cradle: string, path: string): void {
    renameSync(cradle, path);
  }

  /** A lifeline whose end was seen: nobody holds it. */
  giveBack(lifeline: string): void {
    if (this.#lifelines.length < USED_MAX) this.#lifelines.push(lifeline);
    else discard(lifeline);
  }

  /**
   * A directory whose run is over and needed no more becomes a cradle again: a rename instead of a dozen files made and
   * removed. Only where the end of its lifeline was seen, because until then its shim may write. Its output is made anew:
   * whoever got away from its tree, or was handed it, may still hold that, and must not write into another run's.
   */
  recycle(path: string): void {
    const at = this.#lifelines.indexOf(join(path, 'lifeline'));
    if (at < 0 || this.#ready.length >= USED_MAX) return;
    this.#lifelines.splice(at, 1);
    const cradle = this.#name();
    try {
      renameSync(path, cradle);
      for (const file of readdirSync(cradle))
        if (!REUSED.includes(file)) rmSync(join(cradle, file), { recursive: true, force: true });
      writeFileSync(join(cradle, 'output'), '', { mode: 0o600, flag: 'wx' });
      clearAccount(join(cradle, 'output'));
      this.#ready.push(cradle);
    } catch {
      discard(cradle);
    }
  }

  #makeNow(count: number): void {
    const made = Array.from({ length: count }, () => this.#name());
    try {
      for (const cradle of made) {
        mkdirSync(cradle, { recursive: true, mode: 0o700 });
        for (const [file, text] of FILES) writeFileSync(join(cradle, file), text, { mode: 0o600 });
      }
      execFileSync('mkfifo', ['-m', '600', ...made.map((cradle) => join(cradle, 'lifeline'))]);
    } catch (error) {
      made.forEach(discard); // half made ones would fill the disk further with each try
      throw error;
    }
    this.#ready.push(...made);
  }

  async #fill(): Promise<void> {
    if (this.#isFilling) return;
    this.#isFilling = true;
    try {
      while (this.#ready.length < READY) await this.#make(READY - this.#ready.length);
    } catch {
      // A full disk, or the directory is gone: the next start makes its own and says what is wrong.
    }
    this.#isFilling = false;
  }

  async #make(count: number): Promise<void> {
    const made: string[] = [];
    const without: string[] = [];
    for (let i = 0; i < count; i++) {
      const cradle = this.#name();
      await mkdir(cradle, { recursive: true, mode: 0o700 });
      for (const [file, text] of FILES) await writeFile(join(cradle, file), text, { mode: 0o600 });
      if (!(await this.#reuse(join(cradle, 'lifeline')))) without.push(join(cradle, 'lifeline'));
      made.push(cradle);
    }
    if (without.length > 0) await execute('mkfifo', ['-m', '600', ...without]);
    this.#ready.push(...made);
  }

  async #reuse(path: string): Promise<boolean> {
    for (;;) {
      const used = this.#lifelines.pop();
      if (used === undefined) return false;
      // Its run may have been removed meanwhile, and the FIFO with it.
      const moved = await rename(used, path).then(
        () => true,
        () => false,
      );
      if (moved) return true;
    }
  }

  #name(): string {
    return join(this.directory, randomBytes(8).toString('hex'));
  }
}
