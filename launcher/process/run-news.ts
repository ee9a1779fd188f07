/** What a run tells of itself, whoever began it. */
import type { Exit } from '../../protocol/exit';
import type { ProcessIdentity, StopCertificate } from '../../protocol/process-state';
import type { Obstacle } from '../core/supervisor-words';

/** What a run is held by, a clause each, and what its definition asks for and it does not have, a sentence each. */
export interface Held {
  readonly isolation: readonly string[];
  readonly unenforced: readonly string[];
}

/** What a run tells. At most one of `spawnFailed`, `ended` and `rebooted`, and `spawned` always before `ended`. */
export interface RunNews {
  /** @param held null = as remembered (adopted) */
  spawned(identity: ProcessIdentity, held: Held | null): void;
  /** What it is held by is known better now: its container is there. */
  held(held: Held): void;
  spawnFailed(why: string, obstacle: Obstacle): void;
  ended(exit: Exit, remains: number): void;
  rebooted(exit: Exit): void;
  treeGone(exit: Exit, certificate: StopCertificate): void;
  treeLeft(certificate: StopCertificate): void;
}
