/** All processes of this launcher: opened from the disk and from the command line, and the manager's commands to them. */
import type { ProcessName, RunId } from '../../protocol/ids';
import type {
  CommandResult,
  CommandToLauncher,
  SequencedFact,
  StandingsMessage,
  SyncMessage,
} from '../../protocol/link';
import type { ProcessSpec } from '../../protocol/process-spec';
import { commandText } from '../../protocol/process-spec';
import type { Sampled } from '../usage/usage-sampler';
import { refusalOf } from '../birth/birth';
import type { DataDirectory } from '../store/data-directory';
import { lackOfRoom } from '../store/room';
import type { Origin } from '../store/process-record';
import { keyOf, layersOfEnd, whyCircular } from '../core/dependency-graph';
import { livingRun } from '../core/supervisor-state';
import type { Begun } from '../process/begun';
import type { TreeRoot } from '../tree/tree';
import { Keeper } from './keeper';
import { OneByOne } from './one-by-one';
import { Standings } from './standings';
import { wantedOf, type KeeperSurroundings } from './surroundings';

export interface Defined {
  readonly spec: ProcessSpec;
  readonly origin: Origin;
}

/** What the launcher around them gives; the rest they give each other. */
export interface KeepersSurroundings extends Omit<
  KeeperSurroundings,
  'forgotten' | 'unmet' | 'stands' | 'isEnding' | 'births'
> {
  /** One of them, forgotten, has left the disk. */
  readonly left?: () => void;
}

interface Opening {
  /** False when it is only opened to stop everything. */
  readonly maySpawn: boolean;
  /** What an earlier file defined and this list does not is not wanted any more. */
  readonly isWholeFile: boolean;
}

export class Keepers {
  readonly #keepers = new Map<ProcessName, Keeper>();
  readonly #around: KeeperSurroundings;
  readonly #standings: Standings;
  readonly #births = new OneByOne<() => void>((give) => give());
  /** Every process was adopted, or found not to run. */
  #areKnown = false;
  #isEnding = false;

  constructor(
    private readonly data: DataDirectory,
    around: KeepersSurroundings,
  ) {
    this.#standings = new Standings(around.worker, (dependent) => {
      // Before all of them were looked at, one that was not yet must not be born beside a run that the disk knows of.
      if (this.#areKnown) this.#keepers.get(dependent)?.handle({ kind: 'standings' });
    });
    this.#around = {
      ...around,
      unmet: this.#standings.unmetOf,
      stands: (process, report) =>
        report === null ? this.#standings.forget(process) : this.#standings.own(process, report),
      isEnding: () => this.#isEnding,
      births: this.#births,
      forgotten: (process) => {
        this.#keepers.delete(process);
        around.left?.();
      },
    };
  }

  /** Nothing is on the disk, neither a process nor the output of one that was forgotten. */
  get isEmpty(): boolean {
    return this.#keepers.size === 0;
  }

  get all(): readonly Keeper[] {
    return [...this.#keepers.values()].filter((keeper) => !keeper.isForgotten);
  }

  /**
   * Adopts what runs, then takes the definitions of this start. Throws a sentence for the user, before anything is
   * touched, where these cannot be kept.
   */
  open(defined: readonly Defined[], { maySpawn, isWholeFile }: Opening): void {
    for (const directory of this.data.processes()) {
      const keeper = Keeper.open(directory, null, this.#around);
      if (keeper !== null) this.#keepers.set(keeper.name, keeper);
    }
    if (maySpawn) this.#refuseCircles(defined, isWholeFile);
    else this.beginEnd();
    for (const one of defined) {
      const change = this.#defineAnew(one);
      if (change !== null && !this.#keepers.get(one.spec.name)?.isNew) this.#around.log('warn', change);
    }
    for (const keeper of this.all) this.#standings.follow(keeper.spec);
    for (const keeper of this.#keepers.values()) {
      keeper.resume();
      keeper.tellAnswers();
      keeper.removeIfSettled();
    }
    if (isWholeFile) this.#retireAllBut(defined);
    this.#areKnown = true;
    for (const keeper of this.all) keeper.handle({ kind: 'standings' });
    if (!maySpawn) return;
    for (const keeper of this.all)
      if (keeper.isNew && keeper.spec.autoStart) this.#startNew(keeper);
      else keeper.goOnAfterEnd();
  }

  /** Everything is to be stopped: from now on nothing is born. */
  beginEnd(): void {
    this.#isEnding = true;
  }

  /** Everybody before all it depends on. */
  inOrderOfEnd(): readonly (readonly Keeper[])[] {
    const { worker } = this.#around;
    const byKey = new Map(this.all.map((keeper) => [keyOf(worker, keeper.spec), keeper]));
    const layers = layersOfEnd(
      worker,
      [...byKey.values()].map(({ spec }) => spec),
    );
    return layers.map((layer) => layer.flatMap((key) => byKey.get(key) ?? []));
  }

  /** @param isWholeFile what an earlier file defined is in this list too, or leaves */
  #refuseCircles(defined: readonly Defined[], isWholeFile: boolean): void {
    const kept = this.all.filter(({ origin }) => !(isWholeFile && origin === 'file'));
    const specs = new Map(kept.map(({ name, spec }) => [name, spec]));
    for (const { spec } of defined) specs.set(spec.name, spec);
    const trouble = whyCircular(this.#around.worker, [...specs.values()]);
    if (trouble !== null) throw new Error(trouble);
  }

  /** How processes of other workers stand, as the manager tells. */
  standings(message: StandingsMessage): void {
    this.#standings.told(message);
  }

  /**
   * The launcher's file was read again: what changed in it is changed here, and nothing else is touched.
   * @throws as `open`
   * @returns what changed, a clause each
   */
  redefine(defined: readonly Defined[]): readonly string[] {
    this.#refuseCircles(defined, true);
    const [kept, known] = [new Set(this.all), new Set(this.#keepers.values())];
    const changes = defined.flatMap((one) => this.#defineAnew(one) ?? []);
    for (const { spec } of defined) this.#standings.follow(spec);
    const arrived = this.all.filter((keeper) => !kept.has(keeper));
    for (const keeper of arrived) if (!known.has(keeper)) keeper.resume();
    const left = this.#retireAllBut(defined);
    for (const keeper of this.all) keeper.handle({ kind: 'standings' });
    for (const keeper of arrived) if (keeper.spec.autoStart) this.#startNew(keeper);
    return [...changes, ...left];
  }

  /** @returns what is new, in a clause; null = nothing */
  #defineAnew({ spec, origin }: Defined): string | null {
    const known = this.#keepers.get(spec.name);
    if (known === undefined) {
      this.#add(spec, origin);
      return `${spec.name} is new`;
    }
    if (known.isForgotten) {
      known.define(spec, origin);
      return `${spec.name} is back`;
    }
    if (known.origin !== 'nobody' && JSON.stringify(known.spec) === JSON.stringify(spec)) return null;
    known.define(spec, origin);
    const change = `the definition of ${spec.name} changed (now: ${commandText(spec.command)})`;
    return livingRun(known.supervised) === null
      ? change
      : `${change}; what runs keeps the old one until it is restarted`;
  }

  /** @returns what goes, a clause each */
  #retireAllBut(defined: readonly Defined[]): readonly string[] {
    const names = new Set(defined.map(({ spec }) => spec.name));
    const left = this.all.filter(({ name, origin }) => origin === 'file' && !names.has(name));
    for (const keeper of left)
      keeper.retire({ kind: 'stop', by: 'the launcher', why: "it left the launcher's file", command: null });
    return left.map(({ name }) => `${name} left the file and is stopped`);
  }

  #startNew(keeper: Keeper): void {
    keeper.handle({ kind: 'start', by: '--auto-start', why: '', command: null });
  }

  #add(spec: ProcessSpec, origin: Origin): Keeper {
    const directory = this.data.processDirectory(spec.name);
    const keeper = Keeper.open(directory, { spec, origin }, this.#around);
    if (keeper === null) throw new Error(`the process ${spec.name} could not be kept`);
    this.#keepers.set(spec.name, keeper);
    return keeper;
  }

  /** Null = it is not kept here. */
  find(process: ProcessName): Keeper | null {
    const keeper = this.#keepers.get(process);
    return keeper === undefined || keeper.isForgotten ? null : keeper;
  }

  /** One that is met here for the first time, and is run once. @throws where the disk refuses its directory */
  begin(spec: ProcessSpec, asked: { readonly by: string; readonly why: string }): void {
    this.#add(spec, 'manager').handle({ kind: 'start', ...asked, command: null });
  }

  /** One that was begun without a keeper, and has one from here on. @throws where the disk refuses: then it has none */
  takeOver(spec: ProcessSpec, begun: Begun): void {
    const keeper = this.#add(spec, 'manager');
    try {
      keeper.takeOver(begun);
    } catch (error) {
      this.#keepers.delete(spec.name);
      keeper.release();
      this.data.processDirectory(spec.name).remove();
      throw error;
    }
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
        return this.#control(keeper, command);
      case 'define':
        return this.#define(command);
      case 'disable':
        if (keeper === undefined || keeper.isForgotten) return this.#answer(command, this.#notHere(process));
        return keeper.handle({ kind: 'disable', by, why, untilMs: command.untilMs, command: id });
      case 'enable':
        if (keeper === undefined || keeper.isForgotten) return this.#answer(command, this.#notHere(process));
        return keeper.handle({ kind: 'enable', by, why, command: id });
      case 'supersede':
        if (keeper === undefined || keeper.isForgotten)
          return this.#answer(command, { ok: true, message: 'it was not here', certificate: null });
        return keeper.supersede({ kind: 'stop', by, why, command: id });
    }
  }

  /** A restart that a rule or the disk is against would be a stop: refused while it runs. Other births are refused as they come. */
  #control(keeper: Keeper, command: Extract<CommandToLauncher, { kind: 'control' }>): void {
    const { id, by, why, verb } = command;
    const isToLive = verb === 'restart' && livingRun(keeper.supervised) !== null;
    const rule = isToLive ? this.whyRefused(keeper.spec) : null;
    const against = rule ?? (isToLive ? lackOfRoom(this.data.path) : null);
    if (against === null) return keeper.handle({ kind: verb, by, why, command: id });
    const message = `not restarted, and what runs is left alone: ${against}`;
    const refused = { ok: false, message, certificate: null };
    this.#answer(command, rule === null ? refused : { ...refused, refusedBy: 'rule' });
  }

  /** What the owner's rules have against a birth of this definition now; null = nothing. */
  whyRefused(spec: ProcessSpec): string | null {
    return refusalOf(wantedOf(spec, this.#around))?.why ?? null;
  }

  #define(command: Extract<CommandToLauncher, { kind: 'define' }>): void {
    const { spec, by, why, id } = command;
    const others = this.all.filter(({ name }) => name !== spec.name).map((other) => other.spec);
    if (spec.role !== this.#around.role) {
      const message = `not defined: ${this.#around.role}s are kept here, and its role is ${spec.role}`;
      return this.#answer(command, { ok: false, message, certificate: null });
    }
    const circle = whyCircular(this.#around.worker, [...others, spec]);
    if (circle !== null)
      return this.#answer(command, { ok: false, message: `not defined: ${circle}`, certificate: null });
    const against = this.whyRefused(spec);
    if (against !== null)
      return this.#answer(command, {
        ok: false,
        message: `not defined: ${against}`,
        certificate: null,
        refusedBy: 'rule',
      });
    this.#standings.follow(spec);
    let keeper = this.#keepers.get(spec.name);
    if (keeper === undefined) {
      keeper = this.#add(spec, 'manager');
      keeper.resume();
    } else keeper.define(spec, 'manager');
    keeper.handle({ kind: 'standings' });
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
    return this.all.flatMap(({ run, name, probes }) =>
      run === null ? [] : [{ name, run, ...probes.health, warnings: probes.warnings }],
    );
  }

  /** Of all that has a run. */
  get roots(): readonly TreeRoot[] {
    return this.all.flatMap(({ run }) => (run === null ? [] : [run.root]));
  }

  release(): void {
    this.#births.drop();
    for (const keeper of this.#keepers.values()) keeper.release();
  }
}
