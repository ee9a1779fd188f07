/** When a carrier comes back: later each time, until a connection was of use. */
import { waitMs } from './backoff';
import { RECONNECT } from './carrier';

export class ComingBack {
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly open: () => void) {}

  plan(): void {
    this.cancel();
    this.#timer = setTimeout(this.open, waitMs(RECONNECT, this.#failures++, Math.random()));
  }

  /** One that only opens is of none: a manager that ends it at once would be called without pause. */
  wasOfUse(): void {
    this.#failures = 0;
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
