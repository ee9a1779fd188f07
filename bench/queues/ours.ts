/** ProcGuard as a contender of the queue measures: a manager of its own, and a program that asks it over HTTP. */
import { Manager } from '../procguard';
import type { Rig } from '../rig';
import { Contender } from './contender';

export const OURS = 'ProcGuard';
export const ENGINE = 'its engine alone';

export interface Ours {
  readonly contender: Contender;
  readonly manager: Manager;
}

/** No-op jobs are taken by a worker of the claim protocol within the program. @param name of the manager's directory */
export async function ours(rig: Rig, name = 'manager'): Promise<Ours> {
  const manager = await Manager.start(rig, [], {}, name);
  return { manager, contender: await Contender.start(rig, OURS, 'queue-procguard', [manager.url, 'claim']) };
}

/** The engine and its ledger, asked in their own program. */
export const engineAlone = (rig: Rig): Promise<Contender> =>
  Contender.start(rig, ENGINE, 'queue-engine', [rig.path('engine')]);

/** The jobs are run by launchers; the program only submits them, and watches. */
export async function oursWithLaunchers(rig: Rig, manager: Manager): Promise<Contender> {
  return Contender.start(rig, OURS, 'queue-procguard', [manager.url, 'watch']);
}
