/**
 * The read end of a run's lifeline, a FIFO that nothing but the shim holds open for writing: words while it lives, the
 * end of the file when it is gone. The same for a run that was just spawned and for one that is adopted.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { parseLifelineWord, type LifelineWord } from '../core/lifeline-word';

export interface LifelineListener {
  word(word: LifelineWord): void;
  /** The shim is gone. Called once, never together with or before its words. */
  over(): void;
}

/** Opens the read end, non-blocking. Must be open before the writer's copy is closed, or the end comes at once. */
export const openLifeline = (path: string): number => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);

/**
 * Whether somebody holds it, so that a run of which nothing else is known lives. The shim is a reader too, so only while it
 * is there the FIFO opens for writing. No word of it is taken by asking.
 */
export function isHeld(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    // ENXIO: nobody reads. What else keeps it from being asked (no descriptor left) says nothing of it.
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENXIO' && code !== 'ENOENT';
  }
}

export class Lifeline {
  readonly #socket: Socket | null = null;
  #rest = '';
  #isOver = false;

  /**
   * @param fd from `openLifeline`; owned from here on.
   * Looks before it waits: where the writer went before we opened, no event would ever come.
   */
  constructor(
    fd: number,
    private readonly listener: LifelineListener,
  ) {
    const first = readNow(fd);
    if (first === 'over') {
      closeSync(fd);
      this.#isOver = true;
      queueMicrotask(() => this.listener.over());
      return;
    }
    const socket = new Socket({ fd, readable: true, writable: false });
    this.#socket = socket;
    socket.on('data', (data: Buffer) => this.#take(data.toString('latin1')));
    socket.on('end', () => this.#end());
    socket.on('error', () => this.#end());
    if (first !== '') queueMicrotask(() => this.#take(first));
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      // Cut into lines as bytes, because a piece may end within a letter.
      const word = parseLifelineWord(Buffer.from(line, 'latin1').toString('utf8'));
      if (word !== null) this.listener.word(word);
    }
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket?.destroy();
    this.listener.over();
  }

  /** Lets go without a word: the launcher ends, the shim lives on. */
  release(): void {
    this.#isOver = true;
    this.#socket?.removeAllListeners();
    this.#socket?.on('error', () => {});
    this.#socket?.destroy();
  }
}

function readNow(fd: number): string {
  const buffer = Buffer.alloc(4096);
  try {
    const read = readSync(fd, buffer, 0, buffer.length, null);
    return read === 0 ? 'over' : buffer.toString('latin1', 0, read);
  } catch {
    return ''; // EAGAIN: a writer is there and silent
  }
}
