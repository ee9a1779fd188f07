/** Signals that were sent to the program that keeps a container, and are meant for the container. */
import { constants } from 'node:os';

/** Sent by people and by stops. SIGCONT is not among them: a stop sends it after each signal, for whoever was stopped. */
const FORWARDED = 'SIGTERM SIGINT SIGHUP SIGQUIT SIGUSR1 SIGUSR2'.split(' ');
/** No program can hear these. */
const UNHEARD = new Set(['SIGKILL', 'SIGSTOP']);

export class AskedSignals {
  readonly #early: string[] = [];
  #hear: ((signal: string) => void) | null = null;
  /** Resolves with the first one. */
  readonly first: Promise<string>;

  /** @param more further ones that a stop of this process may send */
  constructor(more: readonly string[]) {
    let resolve: (signal: string) => void = () => {};
    this.first = new Promise((done) => (resolve = done));
    const known = (signal: string): signal is NodeJS.Signals => signal in constants.signals && !UNHEARD.has(signal);
    for (const signal of new Set([...FORWARDED, ...more].filter(known)))
      process.on(signal, () => {
        resolve(signal);
        if (this.#hear === null) this.#early.push(signal);
        else this.#hear(signal);
      });
  }

  /** From now on to there, also those that came before. */
  forward(hear: (signal: string) => void): void {
    this.#hear = hear;
    this.#early.splice(0).forEach(hear);
  }

  /** The first that nobody was told of yet; null = none came. */
  get early(): string | null {
    return this.#early[0] ?? null;
  }
}
