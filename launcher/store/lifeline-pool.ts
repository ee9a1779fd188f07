/**
 * Ready FIFOs. Node cannot make one, `mkfifo` can make many: so a few are kept, taken by rename and given back by rename
 * when their run is over. No program is executed on the way of a start.
 */
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Made at once when fewer than `LOW` are left; more than `KEPT` are not kept. */
const BATCH = 16;
const LOW = 4;
const KEPT = 64;

export class LifelinePool {
  readonly #ready: string[];
  #refilling = false;

  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#ready = readdirSync(directory).map((name) => join(directory, name));
    if (this.#ready.length < LOW) this.#makeNow();
  }

  /** Moves one to `path`. */
  take(path: string): void {
    if (this.#ready.length === 0) this.#makeNow();
    const ready = this.#ready.pop();
    if (ready === undefined) throw new Error(`no FIFO could be made in ${this.directory}`);
    renameSync(ready, path);
    if (this.#ready.length < LOW) this.#refill();
  }

  /** Only when the end of the file was seen: then nobody holds it. */
  giveBack(path: string): void {
    try {
      if (this.#ready.length >= KEPT) rmSync(path);
      else {
        const [name = path] = this.#names(1);
        renameSync(path, name);
        this.#ready.push(name);
      }
    } catch {
      // The run's directory went with it; another will be made.
    }
  }

  #names(count: number): string[] {
    return Array.from({ length: count }, () => join(this.directory, randomBytes(8).toString('hex')));
  }

  #makeNow(): void {
    const names = this.#names(BATCH);
    execFileSync('mkfifo', ['-m', '600', ...names]);
    this.#ready.push(...names);
  }

  #refill(): void {
    if (this.#refilling) return;
    this.#refilling = true;
    const names = this.#names(BATCH);
    execFile('mkfifo', ['-m', '600', ...names], (error) => {
      this.#refilling = false;
      if (error === null) this.#ready.push(...names);
    });
  }
}
