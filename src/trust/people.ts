/** What the faces need to deal with people: logins, and the way in for the first of them. */
import type { Sealer } from '../../protocol/sealed-env';
import type { Engine } from '../engine/engine';
import { Logins } from './logins';
import { Setup } from './setup';

export interface People {
  readonly logins: Logins;
  readonly setup: Setup;
  readonly sessionMs: number;
}

export function peopleOf(
  engine: Engine,
  { sessionMs, dataDir, sealer }: { sessionMs: number; dataDir: string; sealer: Sealer },
): People {
  const logins = new Logins(engine, sessionMs, sealer);
  return { logins, setup: new Setup(engine, logins.passwords, dataDir), sessionMs };
}
