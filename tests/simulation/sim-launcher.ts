/** A launcher's life between two kills: its keepers, its outbox, and the messages on its connection. */
import type { CommandId, InstanceId, ProcessName } from '../../protocol/ids';
import type {
  CommandResult,
  CommandToLauncher,
  LauncherFact,
  LauncherIdentity,
  SequencedFact,
  SyncMessage,
} from '../../protocol/link';
import { LIMITS } from '../../protocol/limits';
import { Outbox } from '../../launcher/core/outbox';
import { livingRun } from '../../launcher/core/supervisor-state';
import type { SupervisorEvent } from '../../launcher/core/supervisor-words';
import { identityOf } from '../../src/core/test-fleet';
import { SimKeeper, type SimRecord, type SimWorld } from './sim-keeper';

export type Up =
  | { readonly kind: 'sync'; readonly message: SyncMessage }
  | { readonly kind: 'facts'; readonly facts: readonly SequencedFact[] }
  | { readonly kind: 'beat' };
export type Down =
  | { readonly kind: 'synced' }
  | { readonly kind: 'command'; readonly command: CommandToLauncher }
  | { readonly kind: 'acked'; readonly seq: number }
  | { readonly kind: 'sync?' };

export class SimLauncher {
  readonly identity: LauncherIdentity;
  readonly keepers = new Map<ProcessName, SimKeeper>();
  /** Of the present connection; null = none. */
  connection: string | null = null;
  readonly up: Up[] = [];
  readonly down: Down[] = [];
  readonly #outbox = new Outbox();
  #isSynced = false;

  constructor(
    private readonly world: SimWorld,
    life: number,
    private readonly records: ReadonlyMap<ProcessName, SimRecord>,
  ) {
    this.identity = identityOf(world.worker, {
      instance: `${world.worker}-${life}` as InstanceId,
      bootId: `boot${world.kernel.boot}`,
      heartbeatIntervalMs: 1_000,
    });
  }

  /** Adopts what an earlier life left. May be killed in the middle of it, as at any time. */
  begin(): void {
    const { kernel } = this.world;
    for (const [name, record] of this.records)
      this.keepers.set(name, new SimKeeper(record, this.world, (fact) => this.#tell(fact)));
    kernel.hear = (run, event) => {
      const process = kernel.runs.get(run)?.process;
      const keeper = [...this.keepers.values()].find(
        ({ name, record }) => name === process || livingRun(record.supervised) === run,
      );
      keeper?.handle(event);
    };
    for (const keeper of this.keepers.values()) keeper.resume();
  }

  /** It was killed, or nobody hears it any more. */
  forget(): void {
    this.world.kernel.hear = null;
    this.disconnected();
  }

  connected(connection: string): void {
    this.disconnected();
    this.connection = connection;
    this.up.push({ kind: 'sync', message: this.#sync() });
  }

  disconnected(): void {
    this.connection = null;
    this.#isSynced = false;
    this.up.length = 0;
    this.down.length = 0;
  }

  hear(message: Down): void {
    switch (message.kind) {
      case 'synced':
        if (!this.#isSynced) this.#outbox.resend();
        this.#isSynced = true;
        return this.#flush();
      case 'command':
        return this.#command(message.command);
      case 'acked':
        this.#acknowledged(message.seq);
        this.#outbox.acknowledge(message.seq);
        return;
      case 'sync?':
        this.up.push({ kind: 'sync', message: this.#sync() });
    }
  }

  beat(): void {
    if (this.#isSynced) this.up.push({ kind: 'beat' });
  }

  timersDue(): void {
    for (const keeper of this.keepers.values())
      if (keeper.dueMs !== null && keeper.dueMs <= this.world.now()) keeper.handle({ kind: 'timerDue' });
  }

  get hasUnacknowledged(): boolean {
    return this.#outbox.facts.length > 0;
  }

  #sync(): SyncMessage {
    const processes = [...this.keepers.values()].map((keeper) => ({
      spec: keeper.record.supervised.spec,
      report: keeper.report(),
    }));
    return { processes, runs: [], newestSeq: this.#outbox.newestSeq };
  }

  #tell(fact: LauncherFact): void {
    this.#outbox.put(fact, this.world.now());
    this.#flush();
  }

  #flush(): void {
    if (!this.#isSynced) return;
    const facts = this.#outbox.take(LIMITS.factsPerMessageMax);
    if (facts.length > 0) this.up.push({ kind: 'facts', facts });
  }

  #acknowledged(seq: number): void {
    for (const sent of this.#outbox.facts) {
      if (sent.seq > seq || sent.fact.kind !== 'run.ended') continue;
      const ended = this.keepers.get(sent.fact.process)?.record.ended.get(sent.fact.run);
      if (ended !== undefined) ended.done = true;
    }
  }

  #command(command: CommandToLauncher): void {
    const { id, by, why } = command;
    const name = command.kind === 'define' ? command.spec.name : command.process;
    const keeper = this.keepers.get(name);
    if (keeper === undefined) return this.#answer(id, { ok: false, message: 'no such process', certificate: null });
    const known = keeper.answerTo(id);
    if (known === 'pending') return;
    if (known !== null) return this.#answer(id, known);
    keeper.handle(eventOf(command, { by, why, command: id }));
  }

  #answer(id: CommandId, result: CommandResult): void {
    this.#tell({ kind: 'command.done', id, result });
  }
}

function eventOf(
  command: CommandToLauncher,
  asked: { readonly by: string; readonly why: string; readonly command: CommandId },
): SupervisorEvent {
  switch (command.kind) {
    case 'control':
      return { kind: command.verb, ...asked };
    case 'disable':
      return { kind: 'disable', untilMs: command.untilMs, ...asked };
    case 'enable':
      return { kind: 'enable', ...asked };
    case 'define':
    case 'supersede':
      throw new Error(`the simulation sends no ${command.kind}`);
  }
}
