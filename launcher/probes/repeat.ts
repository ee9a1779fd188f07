/** Asks again and again, one ask at a time: a slow answer delays the next ask and never overlaps it. */
import { NOT_ASKED, type Ask, type Trouble } from './trouble';

export class Repeat {
  readonly #ending = new AbortController();
  #timer: NodeJS.Timeout;

  /**
   * @param firstMs before the first ask
   * @param pauseMs from the begin of one ask to the begin of the next, by how many were made
   */
  constructor(
    private readonly ask: Ask,
    firstMs: number,
    private readonly pauseMs: (asked: number) => number,
    /** May release it. */
    private readonly heard: (trouble: Trouble) => void,
  ) {
    this.#timer = setTimeout(() => void this.#turn(1), firstMs);
  }

  async #turn(asked: number): Promise<void> {
    const { signal } = this.#ending;
    const began = performance.now();
    const trouble = await this.ask(signal).catch(({ message }: Error) => message);
    if (signal.aborted) return;
    if (trouble !== NOT_ASKED) this.heard(trouble);
    if (signal.aborted) return;
    const pauseMs = Math.max(0, this.pauseMs(asked) - (performance.now() - began));
    this.#timer = setTimeout(() => void this.#turn(asked + 1), pauseMs);
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#ending.abort();
  }
}
