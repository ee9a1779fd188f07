/** What the faces need to deal with people: logins, and the way in for the first of them. */
import type { Engine } from '../engine/engine';
import { Logins } from './logins';
import { Setup } from './setup';

export interface People {
  readonly logins: Logins;
  readonly setup: Setup;
  readonly sessionMs: number;
}

export function peopleOf(engine: Engine, { sessionMs, dataDir }: { sessionMs: number; dataDir: string }): People {
  const logins = new Logins(engine, sessionMs);
  return { logins, setup: new Setup(engine, logins.passwords, dataDir), sessionMs };
}
