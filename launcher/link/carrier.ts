/** What carries the words between this launcher and the manager. One protocol above (manager-link.ts), two carriers below. */
import type { FromLauncher, LinkRefusal } from '../../protocol/link-events';

/** Words that are not answered. */
export type Said = Exclude<keyof FromLauncher, 'sync'>;

export interface Carrier {
  /** Connects, and comes back by itself whenever the line is lost, later each time, until it is closed. */
  open(): void;
  /** The connection is of use: the next loss of one is the first again. */
  settled(): void;
  /** Gives the connection up, as if it were lost. */
  drop(): void;
  say<E extends Said>(event: E, body: FromLauncher[E]): void;
  /** Rejects when no answer came in time, or the line was lost. */
  ask(event: 'sync', body: FromLauncher['sync'], timeoutMs: number): Promise<unknown>;
  /** For good. */
  close(): void;
}

export interface CarrierParty {
  opened(): void;
  lost(reason: string): void;
  /** No connection comes about, and a person has to do something: what, as a sentence. Said at each try. */
  troubled(sentence: string): void;
  /** The manager itself said no. The carrier tries again once it resolves. */
  refused(refusal: LinkRefusal): Promise<void>;
  heard(event: string, body: unknown): void;
}

/** Between tries, in ms. */
export const RECONNECT = { firstMs: 200, mostMs: 5_000 } as const;
