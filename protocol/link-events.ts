/** What is said over an open link, by the name of its event, whatever carries it: Socket.IO or ZeroMQ. */
import { z } from 'zod';
import type {
  AckedMessage,
  Beat,
  CommandToLauncher,
  FactsMessage,
  JobWord,
  RenewedMessage,
  RenewMessage,
  SlotsMessage,
  StandingsMessage,
  SyncMessage,
} from './link';

export interface ToLauncher {
  command: CommandToLauncher;
  acked: AckedMessage;
  /** The manager wants the whole table again. */
  'sync?': null;
  standings: StandingsMessage;
  job: JobWord;
  renewed: RenewedMessage;
}

export interface FromLauncher {
  /** The only one that is answered: by a SyncReply. */
  sync: SyncMessage;
  facts: FactsMessage;
  beat: Beat;
  /** Answered by `renewed`. */
  renew: RenewMessage;
  slots: SlotsMessage;
}

/** The code and the sentence with which a manager refuses a connection. */
export const LinkRefusal = z.object({ code: z.string(), message: z.string() });
export type LinkRefusal = z.infer<typeof LinkRefusal>;
