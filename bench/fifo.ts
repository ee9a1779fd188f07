/** Named pipes: the cheapest way in which any program of a contender can tell the bench something, or wait for it. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { within } from './deadline';
import { monotonicMs } from './monotonic';
import type { Rig } from './rig';

const OPEN = constants.O_RDWR | constants.O_NONBLOCK;

export interface Line {
  readonly text: string;
  readonly arrivedMs: number;
}

/** What programs write into it, line by line, in order. */
export class LineFifo {
  readonly path: string;
  readonly #heard: Line[] = [];
  readonly #waiting: ((line: Line) => void)[] = [];
  #rest = '';

  constructor(rig: Rig, name: string) {
    this.path = makeFifo(rig, name);
    // Open for writing too: else the last program to close its end would be an end of file.
    const socket = new Socket({ fd: openSync(this.path, OPEN), readable: true, writable: false });
    socket.on('data', (data: Buffer) => this.#take(data.toString('latin1')));
    rig.atEnd(() => void socket.destroy());
  }

  /** The next line not yet taken. */
  next(timeoutMs = 60_000): Promise<Line> {
    const heard = this.#heard.shift();
    if (heard !== undefined) return Promise.resolve(heard);
    const coming = new Promise<Line>((resolve) => this.#waiting.push(resolve));
    return within(timeoutMs, `a line in ${this.path}`, coming);
  }

  #take(text: string): void {
    const arrivedMs = monotonicMs();
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const text of lines) {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#heard.push({ text, arrivedMs });
      else waiting({ text, arrivedMs });
    }
  }
}

/** A program that reads a line from it waits until `open`. One at a time. */
export class Gate {
  readonly path: string;
  readonly #fd: number;

  constructor(rig: Rig, name: string) {
    this.path = makeFifo(rig, name);
    this.#fd = openSync(this.path, OPEN);
    rig.atEnd(() => closeSync(this.#fd));
  }

  open(): void {
    writeSync(this.#fd, '\n');
  }
}

function makeFifo(rig: Rig, name: string): string {
  const path = rig.path(`${name.replaceAll(/\W+/g, '-')}.fifo`);
  execFileSync('mkfifo', [path]);
  return path;
}
