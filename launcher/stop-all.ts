/**
 * Stops every process that is kept here, and answers when each is verified gone, or says what is left. It is an end of
 * everything and no wish about any one: what was wanted is started again by the launcher's next start.
 */
import { randomUUID } from 'node:crypto';
import { CommandId } from '../protocol/ids';
import type { CommandResult, LauncherFact } from '../protocol/link';
import type { StopAllReply } from './control/control-words';
import type { Keeper } from './keeper/keeper';
import type { Keepers } from './keeper/keepers';
import { OneByOne } from './keeper/one-by-one';

export type StopAllResults = StopAllReply['results'];

/** Hears answers to commands that the launcher itself gave. */
export class OwnCommands {
  readonly #waiting = new Map<CommandId, (result: CommandResult) => void>();
  readonly #given = new OneByOne<() => void>((give) => give());

  /** True when the fact was an answer to one of ours, and is nobody else's business. */
  hear(fact: LauncherFact): boolean {
    if (fact.kind !== 'command.done') return false;
    const waiting = this.#waiting.get(fact.id);
    this.#waiting.delete(fact.id);
    waiting?.(fact.result);
    return waiting !== undefined;
  }

  /** Those that depend on others go first; nothing is born meanwhile. Those of several houses have nothing to do with each other. */
  async stopAll(houses: readonly Keepers[], by: string): Promise<StopAllReply> {
    for (const keepers of houses) keepers.beginEnd();
    const results = (await Promise.all(houses.map((keepers) => this.endAll(keepers, by)))).flat();
    return { ok: results.every(({ result }) => result.ok), results };
  }

  /** Of one house. */
  async endAll(keepers: Keepers, by: string): Promise<StopAllResults> {
    keepers.beginEnd();
    const results: StopAllResults = [];
    for (const layer of keepers.inOrderOfEnd())
      results.push(...(await Promise.all(layer.map((keeper) => this.#end(keeper, by)))));
    return results;
  }

  #end(keeper: Keeper, by: string): Promise<StopAllResults[number]> {
    const command = CommandId.parse(`local-${randomUUID()}`);
    return new Promise((resolve) => {
      this.#waiting.set(command, (result) => resolve({ process: keeper.name, result }));
      this.#given.put(() => keeper.handle({ kind: 'end', by, why: '', command }));
    });
  }
}
