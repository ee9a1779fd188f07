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
import { childEnvironment } from '../core/child-environment';
import { reportOf } from '../core/report';
import { step } from '../core/supervisor';
import { livingRun, newcomer, nextTimerMs, type Supervised } from '../core/supervisor-state';
import type { Step, SupervisorEffect, SupervisorEvent, Turn } from '../core/supervisor-words';
import { removePidFile, writePidFile } from '../process/pid-file';
import { wordsOf } from '../process/program';
import { Run, type Birth } from '../process/run';
import { removeCgroup } from '../process/tree-cgroup';
import type { ProcessDirectory } from '../store/data-directory';
import { loadRecord, type Origin, type ProcessRecord } from '../store/process-record';
import type { RunDirectory } from '../store/run-directory';
import { Herald } from './herald';
import { RecordPen } from './record-pen';
import { RunIds } from './run-ids';
import { RunShelf } from './run-shelf';
import { Standby } from './standby';
import type { KeeperSurroundings } from './surroundings';
import { correctedByDisk, endFromDisk } from './what-was-left';

/** Answers remembered per process, to recognise a repeat. */
const ANSWERS_KEPT = 8;
/** setTimeout's longest delay. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export class Keeper {
  readonly #pen: RecordPen;
  readonly #ids = new RunIds();
  readonly #shelf = new RunShelf();
  readonly #queue: SupervisorEvent[] = [];
  readonly #standby: Standby;
  readonly #herald: Herald;
  #run: Run | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isInTurn = false;

  /** Reads what an earlier launcher left, or begins with `defined`. Null = there is nothing to keep. */
  static open(
    directory: ProcessDirectory,
    defined: { readonly spec: ProcessSpec; readonly origin: Origin } | null,
    around: KeeperSurroundings,
  ): Keeper | null {
    const loaded = loadRecord(directory.recordFile);
    if (loaded !== null) return new Keeper(directory, loaded, false, around);
    if (defined === null) return null;
    directory.create();
    const supervised = newcomer(defined.spec, around.clock.now());
    const { origin } = defined;
    const record: ProcessRecord = {
      version: 1,
      origin,
      supervised,
      answered: [],
      superseded: false,
      forgotten: false,
      startAgain: false,
    };
    return new Keeper(directory, record, true, around);
  }

  private constructor(
    private readonly directory: ProcessDirectory,
    record: ProcessRecord,
    /** Met for the first time in this data directory. */
    readonly isNew: boolean,
    private readonly around: KeeperSurroundings,
  ) {
    this.#standby = new Standby(around);
    this.#herald = new Herald(directory.name, around);
    this.#pen = new RecordPen(directory.recordFile, directory.name, record, around.log);
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
  get isForgotten(): boolean {
    return this.#pen.now.forgotten;
  }
  /** The living run; null = none. */
  get run(): Run | null {
    return this.#run;
  }
  report(): ProcessReport {
    return reportOf(this.supervised, this.around.clock.now());
  }

  /** The launcher ends with all it keeps; nobody wanted this one to stop for good. */
  startAgainNextTime(): void {
    this.#pen.write({ startAgain: true }, true);
  }
  /** True once, after such an end. */
  takeStartAgain(): boolean {
    const { startAgain } = this.#pen.now;
    if (startAgain) this.#pen.write({ startAgain: false }, true);
    return startAgain;
  }

  /** Goes on where an earlier launcher was ended, killed or powered off. */
  resume(): void {
    const { clock, machine } = this.around;
    const runs = this.directory.runs();
    for (const { run } of runs) this.#ids.seen(run);
    const place = { bootId: machine.bootId, nowMs: clock.now(), isNew: this.isNew };
    const { supervised, correction } = correctedByDisk(this.supervised, runs.at(-1), place);
    if (correction !== null) this.#herald.warn(correction);
    this.#pen.write({ supervised }, false);
    const living = livingRun(supervised);
    for (const directory of runs) if (directory.run !== living) this.#shelve(directory);
    if (living !== null) this.#adopt(this.directory.runDirectory(living));
    this.#armTimer();
    this.#herald.report(this.report());
  }

  /** An ended run. What the manager may not have heard of it is told (again). */
  #shelve(directory: RunDirectory): void {
    this.#shelf.add(directory);
    // Its launcher was ended before it could tidy up.
    const cgroup = directory.readBirth()?.cgroup ?? null;
    if (cgroup !== null) removeCgroup(cgroup);
    if (directory.isDone) return;
    const end = directory.readEnd() ?? endFromDisk(directory, this.around.clock.now());
    this.#herald.ended(directory, end);
  }

  #adopt(directory: RunDirectory): void {
    const { state, spec } = this.supervised;
    const run = this.#newRun(directory);
    this.#run = run;
    if (state.kind !== 'starting') this.around.outputBegan(this.name, directory);
    if (state.kind === 'running') this.#tell({ kind: 'runStarted', run: run.id, identity: state.identity });
    run.adopt(state.kind === 'running' ? state.identity : null);
    // A stop that was under way goes on, and what could not be ended is watched until it is gone.
    if (state.kind === 'stopping') run.stop(state.killed ? null : spec.stop.signal);
    if (state.kind === 'failed') run.stop(null);
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
    const { process: supervised, effects } = this.#stepAndDue(event);
    if (supervised === before && effects.length === 0) return;
    const answers = effects.flatMap((effect) =>
      effect.kind === 'answer' ? [{ command: effect.command, result: effect.result }] : [],
    );
    const answered = [...this.#pen.now.answered, ...answers].slice(-ANSWERS_KEPT);
    const superseded = this.#pen.now.superseded && event.kind !== 'start';
    this.#pen.write({ supervised, answered, superseded }, supervised.desired !== before.desired || supervised.disabled !== before.disabled);
    for (const effect of effects) this.#do(effect);
    if (supervised.desired === 'stopped' || livingRun(supervised) === null) this.#standby.drop();
    this.#armTimer();
    this.#herald.report(this.report());
    for (const effect of effects) this.#tell(effect);
    this.#forgetIfSuperseded();
  }

  /** A timer that is due at once (a restart without delay) belongs to the same turn: one record instead of two. */
  #stepAndDue(event: SupervisorEvent): Step {
    let all = step(this.supervised, event, this.#newTurn());
    for (;;) {
      const turn = this.#newTurn();
      const dueMs = nextTimerMs(all.process);
      if (dueMs === null || dueMs > turn.nowMs) return all;
      const next = step(all.process, { kind: 'timerDue' }, turn);
      all = { process: next.process, effects: [...all.effects, ...next.effects] };
    }
  }

  #newTurn(): Turn {
    const nowMs = this.around.clock.now();
    const ids = this.#ids;
    return {
      nowMs,
      random: Math.random(),
      get nextRun() {
        return ids.next(nowMs); // minted only where a run is born
      },
      unmet: [],
      isEnding: false,
    };
  }

  #do(effect: SupervisorEffect): void {
    switch (effect.kind) {
      case 'spawn':
        return this.#spawn(effect.run);
      case 'stopTree':
        return this.#run?.stop(effect.signal);
      case 'killTree':
        return this.#run?.stop(null);
      case 'runStarted':
        this.#standby.prepare(this.spec, () => this.#birth());
        return this.#notePid(effect.identity.pid);
      default:
        return undefined; // told, not done
    }
  }

  #spawn(run: RunId): void {
    this.#ids.seen(run);
    this.#run = this.#newRun(this.directory.runDirectory(run));
    this.#run.begin(this.#birth(), this.#standby.take(this.spec));
  }

  #birth(): Birth {
    const { worker, managerUrl, environment } = this.around;
    const about = { worker, process: this.name, url: managerUrl };
    return {
      words: wordsOf(this.spec.command),
      workingDir: this.#workingDir,
      env: childEnvironment(environment, this.spec.env, about),
    };
  }

  #newRun(directory: RunDirectory): Run {
    const { run } = directory;
    return new Run(directory, this.around, {
      spawned: (identity) => this.handle({ kind: 'spawned', run, identity, unenforced: null }),
      spawnFailed: (why, retryable) => {
        // Nobody was born, so there is nothing to keep of it.
        if (directory.outputBytes === 0) directory.remove();
        if (this.#run?.id === run) this.#run = null;
        this.handle({ kind: 'spawnFailed', run, why, retryable });
      },
      ended: (exit, remains) => this.handle({ kind: 'ended', run, exit, remains }),
      rebooted: (exit) => this.handle({ kind: 'rebooted', run, exit }),
      treeGone: (exit, certificate) => this.handle({ kind: 'treeGone', run, exit, certificate }),
      treeLeft: (certificate) => this.handle({ kind: 'treeLeft', run, certificate }),
    });
  }

  get #workingDir(): string {
    return this.spec.workingDir ?? this.around.workingDir;
  }

  #notePid(pid: number): void {
    if (this.spec.pidFile === null) return;
    const trouble = writePidFile(this.spec.pidFile, this.#workingDir, pid);
    if (trouble !== null) this.#herald.warn(trouble);
  }

  #tell(effect: SupervisorEffect): void {
    switch (effect.kind) {
      case 'runStarted':
        return this.#herald.started(this.directory.runDirectory(effect.run), effect.identity, this.spec);
      case 'runEnded':
        return this.#runEnded(effect);
      case 'answer':
        return this.around.tell({ kind: 'command.done', id: effect.command, result: effect.result });
      default:
        return undefined; // done, not told
    }
  }

  #runEnded({ run, exit, certificate }: Extract<SupervisorEffect, { kind: 'runEnded' }>): void {
    const directory = this.directory.runDirectory(run);
    const { pidFile } = this.spec;
    const leader = pidFile === null ? undefined : directory.readBirth()?.child.pid;
    if (pidFile !== null && leader !== undefined) removePidFile(pidFile, this.#workingDir, leader);
    if (this.#run?.id === run) this.#run = null;
    this.#shelf.add(directory);
    this.#herald.ended(directory, { exit, outputBytes: directory.outputBytes, certificate });
  }

  #armTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const dueMs = nextTimerMs(this.supervised);
    if (dueMs === null) return;
    const delayMs = Math.min(TIMER_MAX_MS, Math.max(0, dueMs - this.around.clock.now()));
    this.#timer = setTimeout(() => {
      this.handle({ kind: 'timerDue' });
      this.#armTimer(); // it may have been woken a little early
    }, delayMs);
  }

  /** A new definition. A living run keeps the one it was born with. */
  define(spec: ProcessSpec, origin: Origin): void {
    this.#pen.write({ origin, superseded: false, supervised: { ...this.supervised, spec } }, true);
  }

  /**
   * Stop and verify: it runs elsewhere now. One that the manager gave is then forgotten; one of this launcher's own
   * command line or file stays known as stopped, or it would be met as new, and started, at the launcher's next start.
   */
  supersede(event: Extract<SupervisorEvent, { kind: 'stop' }>): void {
    this.#pen.write({ superseded: true }, true);
    this.handle(event);
  }

  #forgetIfSuperseded(): void {
    const { superseded, origin } = this.#pen.now;
    if (!superseded || origin !== 'manager' || this.supervised.state.kind !== 'stopped' || this.isForgotten) return;
    this.#pen.write({ forgotten: true }, true);
    this.around.tell({ kind: 'process.removed', process: this.name, why: 'it runs elsewhere now' });
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

  /** A forgotten process leaves the disk when the manager has all of it. */
  removeIfSettled(): void {
    if (!this.isForgotten || !this.#shelf.isSettled) return;
    this.release();
    this.directory.remove();
    this.around.forgotten(this.name);
  }

  /** Lets go: the launcher ends, the process goes on. */
  release(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#pen.release();
    this.#standby.drop();
    this.#run?.release();
  }
}
