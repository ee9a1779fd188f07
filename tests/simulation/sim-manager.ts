/** The manager's real head over a ledger that keeps whole turns, in lives that may end between commit and effects. */
import { ownAsker } from '../../protocol/trust';
import { AT_HOME, SETTINGS as FLEET_SETTINGS } from '../../src/core/test-fleet';
import { Refusal } from '../../protocol/errors';
import type { ProcessName, WorkerId } from '../../protocol/ids';
import type { Verb } from '../../protocol/link';
import type { CommandOf, Effect, EngineCommand } from '../../src/core/commands';
import { nextDueMs } from '../../src/core/due';
import { contactOf, emptyModel, type Model } from '../../src/core/model';
import type { CoreSettings } from '../../src/core/settings';
import { Turn } from '../../src/core/turn';
import type { Promises } from './promises';
import type { SimLauncher, Up } from './sim-launcher';

export const SETTINGS: CoreSettings = {
  ...FLEET_SETTINGS,
  zombieDetection: false,
  recovery: {
    ...FLEET_SETTINGS.recovery,
    brake: { failures: 50, share: 1, windowMs: 10_000, holdMs: 10_000, releaseAtOnce: 2 },
  },
};

/** The manager is killed between the commit of a turn and its effects. */
export class ManagerCrash extends Error {}

export class SimManager {
  model: Model = emptyModel();
  isUp = true;
  /** The next turn is committed, and nothing of it is told. */
  crashesNext = false;

  constructor(
    private readonly launchers: ReadonlyMap<string, SimLauncher | null>,
    private readonly promises: Promises,
    private readonly now: () => number,
  ) {}

  ask<K extends EngineCommand['kind']>(command: CommandOf<K>) {
    const turn = new Turn(this.model, SETTINGS, this.now());
    const reply = turn.take(command);
    for (const fact of turn.facts)
      if (fact.kind === 'run.ended') this.promises.recorded(fact.key.split('/')[0] ?? '', fact.run, fact.exit);
    if (this.crashesNext) {
      this.crashesNext = false;
      this.kill();
      throw new ManagerCrash();
    }
    for (const effect of turn.effects) this.#deliver(effect);
    return reply;
  }

  order(worker: string, process: string, verb: Verb | 'disable' | 'enable') {
    const target = { id: worker, process, by: ownAsker('somebody') };
    switch (verb) {
      case 'disable':
        return this.ask<'disable'>({ kind: 'disable', ...target, reason: 'tried', untilMs: null });
      case 'enable':
        return this.ask<'enable'>({ kind: 'enable', ...target });
      default:
        return this.ask<'control'>({ kind: 'control', ...target, verb });
    }
  }

  /** Registration and handshake, as over HTTP and the socket. False: refused. */
  admit(launcher: SimLauncher, connection: string): boolean {
    const { identity } = launcher;
    if (!this.model.workers.has(identity.worker))
      this.ask<'registerLauncher'>({ kind: 'registerLauncher', identity, ...AT_HOME });
    return !(this.ask<'openLink'>({ kind: 'openLink', identity, proof: AT_HOME.proof, connection }) instanceof Refusal);
  }

  hear(launcher: SimLauncher, message: Up): void {
    const { worker, instance } = launcher.identity;
    const { connection } = launcher;
    if (connection === null) return;
    switch (message.kind) {
      case 'sync': {
        const reply = this.ask<'sync'>({ kind: 'sync', worker, connection, message: message.message });
        // Behind the commands that the sync itself sent, as on the wire.
        if (reply instanceof Refusal) launcher.disconnected();
        else launcher.down.push({ kind: 'synced' });
        return;
      }
      case 'facts': {
        const reply = this.ask<'launcherFacts'>({ kind: 'launcherFacts', worker, instance, facts: message.facts });
        if (reply instanceof Refusal) launcher.disconnected();
        return;
      }
      case 'beat': {
        const contact = this.model.contacts.get(worker);
        if (contact?.connection !== connection) return;
        contact.lastContactMs = this.now();
        const isNews = this.model.workers.get(worker)?.presence.kind !== 'present';
        if (isNews && contact.synced) this.ask<'heard'>({ kind: 'heard', worker });
      }
    }
  }

  closed(worker: string, connection: string): void {
    this.ask<'closeLink'>({ kind: 'closeLink', worker: worker as WorkerId, connection });
  }

  tick(): void {
    const dueMs = nextDueMs(this.model, SETTINGS, this.now());
    if (dueMs !== null && dueMs <= this.now()) this.ask<'tick'>({ kind: 'tick' });
  }

  kill(): void {
    this.isUp = false;
    for (const launcher of this.launchers.values()) launcher?.disconnected();
  }

  /** The next life has what was committed, and has heard from nobody (src/engine/engine.ts, its constructor). */
  comeBack(): void {
    const { model: before } = this;
    const model = emptyModel();
    for (const worker of before.workers.values()) {
      model.workers.set(worker.id, worker);
      if (worker.presence.kind !== 'lost') contactOf(model, worker.id, this.now());
    }
    for (const row of before.processes.values()) model.processes.set(row.key, row);
    for (const row of before.definitions.values()) model.definitions.set(row.key, row);
    for (const row of before.commands.values()) model.commands.set(row.id, row);
    for (const row of before.recoveries.values()) model.recoveries.set(row.id, row);
    for (const row of before.incidents.values()) model.incidents.set(row.id, row);
    model.commandOrder = before.commandOrder;
    model.eventSeq = before.eventSeq;
    this.model = model;
    this.isUp = true;
  }

  process(worker: string, name: ProcessName) {
    return [...this.model.processes.of(worker as WorkerId)].find((process) => process.name === name);
  }

  #deliver(effect: Effect): void {
    if (effect.kind === 'closeConnection') {
      for (const launcher of this.launchers.values())
        if (launcher?.connection === effect.connection) launcher.disconnected();
      return;
    }
    const launcher = this.launchers.get(effect.worker);
    // The link writes into the connection that it knows; a half-open one takes it and loses it.
    if (
      launcher == null ||
      launcher.connection === null ||
      this.model.contacts.get(effect.worker)?.connection !== launcher.connection
    )
      return;
    if (effect.kind === 'send') launcher.down.push({ kind: 'command', command: effect.message });
    if (effect.kind === 'acknowledge') launcher.down.push({ kind: 'acked', seq: effect.seq });
    if (effect.kind === 'askForSync') launcher.down.push({ kind: 'sync?' });
  }
}
