/** Registers, and again whenever that is asked for: at the start, after a change, when the manager has forgotten it. */
import type { Log } from '../logging';
import type { Registration } from './register';
import { Said } from './said';

const REFUSED_AGAIN_MS = 5_000;

export class Registering {
  #isRegistered = false;
  readonly #refusals = new Said();

  constructor(
    private readonly ask: () => Promise<Registration>,
    /** Refused before it was ever accepted: nothing depends on it yet. */
    private readonly refusedAtFirst: () => void,
    private readonly log: Log,
  ) {}

  /** It was accepted once. */
  get isRegistered(): boolean {
    return this.#isRegistered;
  }

  async now(): Promise<void> {
    const result = await this.ask();
    if (result.kind === 'registered') {
      this.#isRegistered = true;
      this.#refusals.forget();
    } else if (result.kind === 'refused') {
      if (this.#refusals.isDue(result.sentence, performance.now())) this.log('error', result.sentence);
      // Once it was accepted, children depend on it: then it stays, and asks again at the client's own pace.
      if (!this.#isRegistered) this.refusedAtFirst();
      else await new Promise((done) => setTimeout(done, REFUSED_AGAIN_MS).unref());
    }
  }
}
