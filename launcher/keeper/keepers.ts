/** All processes of this launcher: opened from the disk and from the command line, and the manager's commands to them. */
import type { ProcessName, RunId } from '../../protocol/ids';
import type { CommandResult, CommandToLauncher, SequencedFact, SyncMessage } from '../../protocol/link';
import type { ProcessSpec } from '../../protocol/process-spec';
import { commandText } from '../../protocol/process-spec';
import { HealthWatch } from '../process/health-check';
import type { Sampled } from '../usage/usage-sampler';
import type { DataDirectory } from '../store/data-directory';
import type { Origin } from '../store/process-record';
import { livingRun } from '../core/supervisor-state';
import { Keeper } from './keeper';
import type { KeeperSurroundings } from './surroundings';

export interface Defined {
  readonly spec: ProcessSpec;
  readonly origin: Origin;
}

export class Keepers {
  readonly #keepers = new Map<ProcessName, Keeper>();
  readonly #health = new Map<RunId, HealthWatch>();
  readonly #around: KeeperSurroundings;

  constructor(
    private readonly data: DataDirectory,
    around: Omit<KeeperSurroundings, 'forgotten'>,
  ) {
    this.#around = { ...around, forgotten: (process) => void this.#keepers.delete(process) };
  }

  get all(): readonly Keeper[] {
    return [...this.#keepers.values()].filter((keeper) => !keeper.isForgotten);
  }

  /**
   * Adopts what runs, then takes the definitions of this start.
   * @param maySpawn false when it is only opened to stop everything
   */
  open(defined: readonly Defined[], maySpawn: boolean): void {
    for (const directory of this.data.processes()) {
      const keeper = Keeper.open(directory, null, this.#around);
      if (keeper !== null) this.#keepers.set(keeper.name, keeper);
    }
    for (const { spec, origin } of defined) this.#defineAtStart(spec, origin);
    for (const keeper of this.#keepers.values()) {
      keeper.resume();
      keeper.tellAnswers();
      keeper.removeIfSettled();
    }
    if (!maySpawn) return;
    for (const keeper of this.all)
      if (keeper.isNew && keeper.spec.autoStart) this.#startStopped(keeper, '--auto-start', '');
      else if (keeper.takeStartAgain())
        this.#startStopped(keeper, 'the launcher', 'it ran when everything was stopped');
  }

  #startStopped(keeper: Keeper, by: string, why: string): void {
    if (keeper.supervised.state.kind === 'stopped') keeper.handle({ kind: 'start', by, why, command: null });
  }

  #defineAtStart(spec: ProcessSpec, origin: Origin): void {
    const known = this.#keepers.get(spec.name);
    if (known === undefined || known.isForgotten) return void this.#add(spec, origin);
    if (JSON.stringify(known.spec) === JSON.stringify(spec)) return;
    known.define(spec, origin);
    this.#around.log(
      'warn',
      `${spec.name}: its definition changed since the last start (now: ${commandText(spec.command)}); what runs keeps the old one until it is restarted`,
    );
  }

  #add(spec: ProcessSpec, origin: Origin): Keeper {
    const directory = this.data.processDirectory(spec.name);
    const keeper = Keeper.open(directory, { spec, origin }, this.#around);
    if (keeper === null) throw new Error(`the process ${spec.name} could not be kept`);
    this.#keepers.set(spec.name, keeper);
    return keeper;
  }

  /** A command of the manager. A repeated one gets the answer it got. */
  command(command: CommandToLauncher): void {
    const { id, by, why } = command;
    const process = command.kind === 'define' ? command.spec.name : command.process;
    const keeper = this.#keepers.get(process);
    const known = keeper?.answerTo(id) ?? null;
    if (known === 'pending') return;
    if (known !== null) return this.#answer(command, known);
    switch (command.kind) {
      case 'control':
        if (keeper === undefined || keeper.isForgotten) return this.#answer(command, this.#notHere(process));
        if (command.onlyRun !== null && command.onlyRun !== livingRun(keeper.supervised))
          return this.#answer(command, { ok: true, message: 'that run is over', certificate: null });
        return keeper.handle({ kind: command.verb, by, why, command: id });
      case 'define':
        return this.#define(command);
      case 'supersede':
        if (keeper === undefined || keeper.isForgotten)
          return this.#answer(command, { ok: true, message: 'it was not here', certificate: null });
        return keeper.supersede({ kind: 'stop', by, why, command: id });
    }
  }

  #define(command: Extract<CommandToLauncher, { kind: 'define' }>): void {
    const { spec, by, why, id } = command;
    let keeper = this.#keepers.get(spec.name);
    if (keeper === undefined || keeper.isForgotten) {
      keeper = this.#add(spec, 'manager');
      keeper.resume();
    } else keeper.define(spec, 'manager');
    if (command.start) keeper.handle({ kind: 'start', by, why, command: id });
    else this.#answer(command, { ok: true, message: 'defined', certificate: null });
  }

  #notHere(process: ProcessName): CommandResult {
    const names = this.all.map(({ name }) => name).join(', ');
    const message = `this worker has no process "${process}"; it has: ${names === '' ? 'none' : names}`;
    return { ok: false, message, certificate: null };
  }

  #answer(command: CommandToLauncher, result: CommandResult): void {
    this.#around.tell({ kind: 'command.done', id: command.id, result });
  }

  sync(runs: SyncMessage['runs']): SyncMessage {
    return { processes: this.all.map((keeper) => ({ spec: keeper.spec, report: keeper.report() })), runs };
  }

  acknowledged(facts: readonly SequencedFact[]): void {
    for (const { fact } of facts)
      if (fact.kind === 'run.ended') this.#keepers.get(fact.process)?.endAcknowledged(fact.run);
  }

  outputShipped(process: ProcessName, run: RunId): void {
    this.#keepers.get(process)?.outputShipped(run);
  }

  /** What is to be measured: all that has a run. */
  sampled(): Sampled[] {
    const sampled: Sampled[] = this.all.flatMap((keeper) => {
      const { run, name } = keeper;
      if (run === null) return [];
      const watch = this.#healthOf(keeper);
      const { healthy = null, healthError = null } = watch?.health ?? {};
      return [{ name, run, healthy, healthError, warnings: [] }];
    });
    const living = new Set(sampled.map(({ run }) => run.id));
    for (const [run, watch] of this.#health)
      if (!living.has(run)) {
        watch.stop();
        this.#health.delete(run);
      }
    return sampled;
  }

  #healthOf({ run, spec }: Keeper): HealthWatch | null {
    if (run === null || spec.healthCheck === null) return null;
    const watch = this.#health.get(run.id) ?? new HealthWatch(spec.healthCheck);
    this.#health.set(run.id, watch);
    return watch;
  }

  release(): void {
    for (const watch of this.#health.values()) watch.stop();
    for (const keeper of this.#keepers.values()) keeper.release();
  }
}
