/**
 * Where one sprint after another is run: a serving shim, and a directory that both have open from one to the next. It is an
 * ordinary run directory (store/run-directory.ts) with an order in it, so one that is not over soon is moved to where runs
 * are, and goes on.
 */
import { closeSync, openSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RunId } from '../../protocol/ids';
import type { ServingShim } from '../birth/serving-shim';
import type { Order } from '../birth/shim-order';
import type { Birth } from '../birth/wanted';
import { Lifeline, openLifeline, type LifelineListener } from '../process/lifeline';
import { discard } from '../store/discard';
import { parseBirth, type Birth as Born } from '../store/run-directory';
import { textOf } from '../store/text-of';

interface Opened {
  readonly place: string;
  readonly line: Lifeline;
  readonly files: Readonly<Record<'order' | 'child', number>>;
}

export class Lane {
  #opened: Opened | null = null;
  #listener: LifelineListener | null = null;
  /** What its run wrote was taken away. */
  #isOutputTaken = false;
  readonly #leave = (): void => {
    if (this.#opened === null) return;
    const { line, files } = this.#opened;
    this.#opened = null;
    line.release();
    for (const fd of Object.values(files)) closeSync(fd);
  };

  /** @param directory where it has its place */
  constructor(
    readonly shim: ServingShim,
    private readonly directory: string,
  ) {}

  /** Takes the shim's directory to itself. @returns where it is. Throws where it cannot be had: then nothing of it is left */
  take(listener: LifelineListener): string {
    const cradle = this.shim.lend(this.#leave);
    this.#listener = listener;
    this.#isOutputTaken = false;
    if (this.#opened?.place === cradle) return cradle;
    const place = join(this.directory, basename(cradle));
    try {
      this.shim.cradles.settle(cradle, place);
      this.#opened = this.#open(place);
      return place;
    } catch (error) {
      for (const path of [cradle, place]) discard(path);
      this.shim.end();
      throw error;
    }
  }

  #open(place: string): Opened {
    const opened: number[] = [];
    const open = (name: string, flags: string): number => {
      const fd = openSync(join(place, name), flags, 0o600);
      opened.push(fd);
      return fd;
    };
    try {
      const files = { order: open('order', 'w'), child: open('child', 'r') };
      const line = new Lifeline(openLifeline(join(place, 'lifeline')), {
        word: (word) => this.#listener?.word(word),
        over: () => this.#listener?.over(),
      });
      return { place, line, files };
    } catch (error) {
      opened.forEach((fd) => closeSync(fd));
      throw error;
    }
  }

  /** The run begins. Throws where its order cannot be written: then nobody is born. */
  give(order: Omit<Order, 'directory'>, birth: Birth): void {
    const file = this.#opened?.files.order;
    if (file === undefined) return;
    this.shim.sprint(order, birth, (script) => {
      const bytes = Buffer.from(script);
      if (writeSync(file, bytes, 0, bytes.length, 0) < bytes.length) throw new Error('the disk is full');
    });
  }

  /** The birth of this run, as its child wrote it down; null = it has not yet. */
  birthOf(run: RunId): Born | null {
    return this.#opened === null ? null : parseBirth(textOf(this.#opened.files.child), run);
  }

  /** Nothing is left of its run: the next one finds it as this one did. */
  get isClear(): boolean {
    return this.shim.isClear;
  }

  /** What its run wrote, and all of it once nothing is left of that. Null = it cannot be told. */
  get outputBytes(): number | null {
    return this.#output === null ? null : (statSync(this.#output, { throwIfNoEntry: false })?.size ?? null);
  }

  /** Throws where it cannot be moved there. */
  takeOutput(file: string): void {
    if (this.#output === null) return;
    renameSync(this.#output, file);
    this.#isOutputTaken = true;
  }

  get #output(): string | null {
    return this.#opened === null ? null : join(this.#opened.place, 'output');
  }

  /** For the next one, with a new output: whoever was handed this one, and got away, must not write into another's. */
  giveBack(): void {
    this.#listener = null;
    if (this.#opened === null || this.#output === null) return;
    try {
      if (!this.#isOutputTaken) unlinkSync(this.#output);
    } catch {
      this.shim.end(); // a disk that refuses
    }
    this.shim.giveBack(this.#opened.place);
  }

  /** Its run goes on in a directory of its own, and hears its words itself. Throws where it cannot be moved there. */
  settle(path: string): void {
    if (this.#opened === null) return;
    this.shim.cradles.settle(this.#opened.place, path);
    this.#listener = null;
    this.#leave();
    this.shim.letGo();
  }
}
