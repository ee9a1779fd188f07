/**
 * Stops every process that is kept here, and answers when each is verified gone, or says what is left. It is an end of
 * everything and no wish about any one: what was wanted is started again by the launcher's next start.
 */
import { randomUUID } from 'node:crypto';
import { CommandId } from '../protocol/ids';
import type { CommandResult, LauncherFact } from '../protocol/link';
import type { StopAllReply } from './control/control-words';
import type { Keepers } from './keeper/keepers';

/** Hears answers to commands that the launcher itself gave. */
export class OwnCommands {
  readonly #waiting = new Map<CommandId, (result: CommandResult) => void>();

  /** True when the fact was an answer to one of ours, and is nobody else's business. */
  hear(fact: LauncherFact): boolean {
    if (fact.kind !== 'command.done') return false;
    const waiting = this.#waiting.get(fact.id);
    this.#waiting.delete(fact.id);
    waiting?.(fact.result);
    return waiting !== undefined;
  }

  async stopAll(keepers: Keepers, by: string): Promise<StopAllReply> {
    const results = await Promise.all(
      keepers.all.map(async (keeper) => {
        const { name } = keeper;
        const isWanted = keeper.supervised.desired === 'running';
        const id = CommandId.parse(`local-${randomUUID()}`);
        const result = new Promise<CommandResult>((resolve) => this.#waiting.set(id, resolve));
        keepers.command({ kind: 'control', id, process: name, verb: 'stop', onlyRun: null, by, why: '' });
        const ended = { process: name, result: await result };
        if (isWanted) keeper.startAgainNextTime();
        return ended;
      }),
    );
    return { ok: results.every(({ result }) => result.ok), results };
  }
}
