/**
 * Keeps one process: feeds events to its supervisor, remembers what came out, and does it.
 *
 * One turn: events are taken one at a time; the new record is on the disk before any effect of it is done; effects come
 * before facts, so that a restart does not wait for words. A turn never awaits.
 */
import type { CommandId, ProcessName, RunId } from '../../protocol/ids';
import type { CommandResult } from '../../protocol/link';
import type { ProcessSpec } from '../../protocol/process-spec';
import type { ProcessReport } from '../../protocol/process-state';
import { reportOf } from '../core/report';
import {
  begunBefore,
  goesOn,
  isToRun,
  livingRun,
  newcomer,
  nextTimerMs,
  type Supervised,
} from '../core/supervisor-state';
import type { SupervisorEffect, SupervisorEvent } from '../core/supervisor-words';
import type { Begun } from '../process/begun';
import type { Run } from '../process/run';
import { removePrivateDirectory } from '../birth/private-directory';
import { removeCgroup } from '../tree/tree-cgroup';
import type { ProcessDirectory } from '../store/data-directory';
import { firstRecord, loadRecord, type Origin, type ProcessRecord } from '../store/process-record';
import type { RunDirectory } from '../store/run-directory';
import { Alarm } from './alarm';
import { durabilityOf } from './durability';
import { whyForgotten } from './forgetting';
import { Herald } from './herald';
import { ProbeWatch } from './probe-watch';
import { RecordPen } from './record-pen';
import { RunHand } from './run-hand';
import { RunShelf } from './run-shelf';
import type { KeeperSurroundings } from './surroundings';
import { Turns } from './turns';
import { correctedByDisk, endFromDisk } from './what-was-left';

/** Answers remembered per process, to recognise a repeat. */
const ANSWERS_KEPT = 8;

export class Keeper {
  readonly #pen: RecordPen;
  readonly #turns: Turns;
  readonly #shelf: RunShelf;
  readonly #queue: SupervisorEvent[] = [];
  readonly #herald: Herald;
  readonly #hand: RunHand;
  /** Of the living run. */
  readonly probes: ProbeWatch;
  readonly #alarm: Alarm;
  #isInTurn = false;
  #isNew: boolean;

  /** Reads what an earlier launcher left, or begins with `defined`. Null = there is nothing to keep. */
  static open(
    directory: ProcessDirectory,
    defined: { readonly spec: ProcessSpec; readonly origin: Origin } | null,
    around: KeeperSurroundings,
  ): Keeper | null {
    const loaded = loadRecord(directory.recordFile);
    if (loaded !== null) {
      const keeper = new Keeper(directory, around.seal.up(loaded), false, around);
      if (around.seal.isToBeSealed(loaded)) keeper.#pen.beginAnew();
      return keeper;
    }
    if (defined === null) return null;
    directory.create();
    const record = firstRecord(newcomer(defined.spec, around.clock.now()), defined.origin);
    return new Keeper(directory, record, true, around);
  }

  private constructor(
    private readonly directory: ProcessDirectory,
    record: ProcessRecord,
    isNew: boolean,
    private readonly around: KeeperSurroundings,
  ) {
    this.#isNew = isNew;
    // An attempt's process goes with its run.
    this.#shelf = new RunShelf(around.role !== 'job');
    this.#turns = new Turns(around);
    this.#alarm = new Alarm(around.clock, () => this.#woken());
    const herald = new Herald(directory.name, around);
    this.#herald = herald;
    this.#hand = new RunHand(directory, around, {
      hear: (event) => this.handle(event),
      warn: (trouble) => herald.warn(trouble),
      unwritten: () => this.#pen.unwritten,
      isToRun: () => isToRun(this.supervised),
    });
    this.probes = new ProbeWatch(around, (event) => this.handle(event));
    this.#pen = new RecordPen(directory.recordFile, directory.name, record, around);
  }

  get name(): ProcessName {
    return this.directory.name;
  }
  get supervised(): Supervised {
    return this.#pen.now.supervised;
  }
  get spec(): ProcessSpec {
    return this.supervised.spec;
  }
  /** Met for the first time in this data directory, or for the first time since it was forgotten. */
  get isNew(): boolean {
    return this.#isNew;
  }
  get isForgotten(): boolean {
    return this.#pen.now.forgotten;
  }
  /** The living run; null = none. */
  get run(): Run | null {
    return this.#hand.run;
  }
  /** The files that a run of it writes to. */
  outputsOf(run: RunId): readonly string[] {
    const { output, errors } = this.directory.runDirectory(run);
    return this.spec.output === 'split' ? [output, errors] : [output];
  }
  report(): ProcessReport {
    return reportOf(this.supervised, this.around.clock.now());
  }

  /** After an end of everything, also one that was cut short: what was wanted starts again, as soon as it may. */
  goOnAfterEnd(): void {
    if (this.around.isEnding() || !goesOn(this.supervised)) return;
    this.handle({ kind: 'start', by: 'the launcher', why: 'it ran when everything was stopped', command: null });
  }

  /** Goes on where an earlier launcher was ended, killed or powered off. */
  resume(): void {
    const { clock, machine } = this.around;
    const runs = this.directory.runs();
    for (const { run } of runs) this.#turns.seen(run);
    const place = { bootId: machine.bootId, nowMs: clock.now(), isNew: this.isNew };
    const { supervised, correction } = correctedByDisk(this.supervised, runs.at(-1), place);
    if (correction !== null) this.#herald.warn(correction);
    this.#pen.write({ supervised }, 'no');
    const living = livingRun(supervised);
    const { spec } = supervised;
    for (const directory of runs) if (directory.run !== living) this.#shelve(directory);
    if (this.isForgotten) this.#acknowledgeJob();
    if (living !== null) this.#adopt(this.directory.runDirectory(living));
    // Its probe is asked no more: the definition was changed, or an earlier version did not know of it.
    if (living !== null && spec.ready === null) this.handle({ kind: 'ready', run: living });
    this.#changed();
  }

  /** An ended run. What the manager may not have heard of it is told (again). */
  #shelve(directory: RunDirectory): void {
    this.#shelf.add(directory);
    // Its launcher was ended before it could tidy up.
    const cgroup = directory.readBirth()?.cgroup ?? null;
    for (const path of [...directory.readCgroups(), ...(cgroup === null ? [] : [cgroup])]) removeCgroup(path);
    if (directory.hasPrivateDirectory) removePrivateDirectory(directory.run);
    if (directory.isDone) return;
    const end = directory.readEnd() ?? endFromDisk(directory, this.around.clock.now());
    this.#herald.ended(directory, end);
  }

  #adopt(directory: RunDirectory): void {
    const { state } = this.supervised;
    if (state.kind !== 'starting') this.around.outputBegan(this.name, directory);
    if (state.kind === 'running') this.#tell({ kind: 'runStarted', run: directory.run, identity: state.identity });
    this.probes.adopts(directory.run);
    this.#hand.adopt(directory, this.supervised);
  }

  /** Goes on with a run that was begun without it. @throws where its directory cannot be moved to where it belongs */
  takeOver(begun: Begun): void {
    const { run } = begun;
    const directory = this.directory.runDirectory(run);
    this.#turns.seen(run);
    this.#pen.write({ supervised: begunBefore(this.supervised, run, this.around.clock.now()) }, 'no');
    begun.settle(directory.path);
    this.#hand.takeOver(directory, begun);
    this.#changed();
  }

  /** One event. Events that arise while a turn is under way wait for their own. */
  handle(event: SupervisorEvent): void {
    this.#queue.push(event);
    if (this.#isInTurn) return;
    this.#isInTurn = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#turn(next);
    } finally {
      this.#isInTurn = false;
    }
  }

  #turn(event: SupervisorEvent): void {
    const before = this.supervised;
    const { process: supervised, effects } = this.#turns.take(before, event);
    if (supervised === before && effects.length === 0) return;
    const answers = effects.flatMap((effect) =>
      effect.kind === 'answer' ? [{ command: effect.command, result: effect.result }] : [],
    );
    const answered = [...this.#pen.now.answered, ...answers].slice(-ANSWERS_KEPT);
    const superseded = this.#pen.now.superseded && event.kind !== 'start';
    this.#pen.write({ supervised, answered, superseded }, durabilityOf(event, before, supervised));
    for (const effect of effects) this.#hand.perform(effect, supervised.spec);
    if (!isToRun(supervised) || livingRun(supervised) === null) this.#hand.rest();
    this.#changed(effects);
    this.#forgetIfSuperseded();
    this.goOnAfterEnd();
  }

  /** After every change, also the first one, adoption: what follows from how it is now. Those who depend on it come last. */
  #changed(effects: readonly SupervisorEffect[] = []): void {
    this.#alarm.set(nextTimerMs(this.supervised));
    this.probes.follow(this.supervised, this.run);
    const report = this.report();
    this.#herald.report(report);
    for (const effect of effects) this.#tell(effect);
    this.around.stands(this.name, this.isForgotten ? null : report);
  }

  #tell(effect: SupervisorEffect): void {
    switch (effect.kind) {
      case 'runStarted':
        return this.#herald.started(this.directory.runDirectory(effect.run), effect.identity, this.spec);
      case 'runEnded':
        return this.#runEnded(effect);
      case 'answer':
        return this.#herald.answered(effect.command, effect.result, this.#pen.unwritten);
      default:
        return undefined; // done, not told
    }
  }

  #runEnded({ run, exit, certificate }: Extract<SupervisorEffect, { kind: 'runEnded' }>): void {
    const directory = this.directory.runDirectory(run);
    this.#hand.ended(directory, this.spec);
    this.#shelf.add(directory);
    this.#herald.ended(directory, { exit, ...directory.written, certificate });
  }

  #woken(): void {
    this.handle({ kind: 'timerDue' });
    this.#alarm.set(nextTimerMs(this.supervised)); // it may have been a little early
  }

  /** A new definition. A living run keeps the one it was born with; one that was forgotten begins anew. */
  define(spec: ProcessSpec, origin: Origin): void {
    const wasForgotten = this.isForgotten;
    const supervised = wasForgotten ? newcomer(spec, this.around.clock.now()) : { ...this.supervised, spec };
    this.#pen.write({ origin, superseded: false, forgotten: false, supervised }, 'at once');
    if (!wasForgotten) return;
    this.#isNew = true;
    this.#herald.tellAgain();
    this.#changed();
  }

  /** Stop and verify: it runs elsewhere now. */
  supersede(event: Extract<SupervisorEvent, { kind: 'stop' }>): void {
    this.#pen.write({ superseded: true }, 'at once');
    this.handle(event);
  }

  /** Who has defined it last. */
  get origin(): Origin {
    return this.#pen.now.origin;
  }

  /** Stop, verify and forget: nobody defines it any more. */
  retire(event: Extract<SupervisorEvent, { kind: 'stop' }>): void {
    this.#pen.write({ origin: 'nobody', superseded: true }, 'at once');
    this.handle(event);
  }

  /** As `retire`, where nothing runs: in one word. */
  retireEnded(why: string): void {
    this.#pen.write({ origin: 'nobody', superseded: true, forgotten: true }, 'at once');
    this.#gone(why);
  }

  #forgetIfSuperseded(): void {
    const why = whyForgotten(this.#pen.now);
    if (why === null) return;
    this.#pen.write({ forgotten: true }, 'at once');
    this.#gone(why);
  }

  #gone(why: string): void {
    this.#acknowledgeJob();
    this.#alarm.off();
    this.around.tell({ kind: 'process.removed', process: this.name, why });
    this.around.stands(this.name, null);
    this.removeIfSettled();
  }

  /** The answer given to this command earlier; `pending` = it is owed; null = never heard of. */
  answerTo(command: CommandId): CommandResult | 'pending' | null {
    if (this.supervised.owed.some((owed) => owed.command === command)) return 'pending';
    return this.#pen.now.answered.find((given) => given.command === command)?.result ?? null;
  }

  /** Answers of an earlier launcher life, which the manager may not have heard. */
  tellAnswers(): void {
    for (const { command, result } of this.#pen.now.answered)
      this.around.tell({ kind: 'command.done', id: command, result });
  }

  /** The manager has committed this run's end. */
  endAcknowledged(run: RunId): void {
    this.#shelf.acknowledged(run);
    this.removeIfSettled();
  }

  /** The manager has every byte of this run. */
  outputShipped(run: RunId): void {
    this.#shelf.shipped(run);
    this.removeIfSettled();
  }

  /** The manager forgets a job when it has its end, and says nothing of it again. */
  #acknowledgeJob(): void {
    if (this.around.role !== 'job') return;
    for (const { run } of this.#shelf.directories) this.#shelf.acknowledged(run);
  }

  /** A forgotten process leaves the disk when the manager has all of it. */
  removeIfSettled(): void {
    if (!this.isForgotten || !this.#shelf.isSettled) return;
    this.release();
    for (const { path } of this.#shelf.directories) this.around.cradles.recycle(path);
    this.directory.remove();
    this.around.forgotten(this.name);
  }

  /** Lets go: the launcher ends, the process goes on. */
  release(): void {
    this.#alarm.off();
    this.#pen.release();
    this.probes.release();
    this.#hand.release();
  }
}
