/**
 * Keeps one process: feeds events to its supervisor, remembers what came out, and does it.
 *
 * One turn: events are taken one at a time; the new record is on the disk before any effect of it is done; effects come
 * before facts, so that a restart does not wait for words. A turn never awaits.
 */
import { randomBytes } from 'node:crypto';
import { runIdOf, type CommandId, type ProcessName, type RunId } from '../../protocol/ids';
import type { CommandResult, LauncherFact } from '../../protocol/link';
import type { ProcessSpec } from '../../protocol/process-spec';
import type { ProcessReport } from '../../protocol/process-state';
import { exitOfStatus, type Exit } from '../../protocol/exit';
import { childEnvironment } from '../core/child-environment';
import { reportOf } from '../core/report';
import { step } from '../core/supervisor';
import { livingRun, newcomer, nextTimerMs, type Supervised } from '../core/supervisor-state';
import type { Step, SupervisorEffect, SupervisorEvent, Turn } from '../core/supervisor-words';
import { commandText } from '../../protocol/process-spec';
import { lives } from '../process/identity';
import { removePidFile, writePidFile } from '../process/pid-file';
import { Run, type RunSurroundings } from '../process/run';
import type { ProcessDirectory } from '../store/data-directory';
import { loadRecord, saveRecord, type Origin, type ProcessRecord } from '../store/process-record';
import type { RunDirectory } from '../store/run-directory';
import { RunShelf } from './run-shelf';

export interface KeeperSurroundings extends RunSurroundings {
  readonly worker: string;
  readonly managerUrl: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDir: string;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  readonly tell: (fact: LauncherFact) => void;
  /** A run's output begins to be shipped, or is known to be complete. */
  readonly outputBegan: (process: ProcessName, directory: RunDirectory) => void;
  readonly outputComplete: (run: RunId) => void;
  /** The keeper has nothing more to do and nothing on the disk. */
  readonly forgotten: (process: ProcessName) => void;
}

/** Answers remembered per process, to recognise a repeat. */
const ANSWERS_KEPT = 8;
/** A record that could not be written (disk full) is tried again after this. */
const SAVE_AGAIN_MS = 1_000;
/** setTimeout's longest delay. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export class Keeper {
  #record: ProcessRecord;
  #run: Run | null = null;
  #timer: NodeJS.Timeout | null = null;
  #saveTimer: NodeJS.Timeout | null = null;
  readonly #queue: SupervisorEvent[] = [];
  #isInTurn = false;
  #reported = '';
  #lastRunBornAtMs = 0;
  readonly #shelf = new RunShelf();

  /** Reads what an earlier launcher left, or begins with `spec`. Null = there is nothing to keep. */
  static open(
    directory: ProcessDirectory,
    defined: { readonly spec: ProcessSpec; readonly origin: Origin } | null,
    around: KeeperSurroundings,
  ): Keeper | null {
    const loaded = loadRecord(directory.recordFile);
    if (loaded !== null) return new Keeper(directory, loaded, false, around);
    if (defined === null) return null;
    directory.create();
    return new Keeper(
      directory,
      {
        version: 1,
        origin: defined.origin,
        supervised: newcomer(defined.spec, around.clock.now()),
        answered: [],
        superseded: false,
        forgotten: false,
      },
      true,
      around,
    );
  }

  private constructor(
    private readonly directory: ProcessDirectory,
    record: ProcessRecord,
    /** Met for the first time in this data directory. */
    readonly isNew: boolean,
    private readonly around: KeeperSurroundings,
  ) {
    this.#record = record;
  }

  get name(): ProcessName {
    return this.directory.name;
  }
  get supervised(): Supervised {
    return this.#record.supervised;
  }
  get spec(): ProcessSpec {
    return this.supervised.spec;
  }
  get origin(): Origin {
    return this.#record.origin;
  }
  get isForgotten(): boolean {
    return this.#record.forgotten;
  }
  /** The living run; null = none. */
  get run(): Run | null {
    return this.#run;
  }
  report(): ProcessReport {
    return reportOf(this.supervised, this.around.clock.now());
  }

  /** Goes on where an earlier launcher was ended, killed or powered off. */
  resume(): void {
    const runs = this.directory.runs();
    this.#lastRunBornAtMs = Number(runs.at(-1)?.run.slice(0, 13) ?? 0);
    this.#adoptUnknown(runs.at(-1));
    this.#clampTimer();
    const living = livingRun(this.supervised);
    for (const directory of runs) if (directory.run !== living) this.#settleOld(directory);
    if (living !== null) this.#resumeRun(living);
    this.#armTimer();
    this.#tellReport();
  }

  /** A living run that the record does not know: a full disk kept the record from being written. The run is believed. */
  #adoptUnknown(newest: RunDirectory | undefined): void {
    if (newest === undefined || livingRun(this.supervised) === newest.run || !isAlive(newest, this.around)) return;
    const why = 'found running, though its record did not say so';
    const onceUp = this.supervised.desired === 'stopped' && !this.isNew ? 'stop' : 'run';
    const state = { kind: 'starting', why, sinceMs: this.around.clock.now(), run: newest.run, onceUp } as const;
    const desired = onceUp === 'run' ? 'running' : 'stopped';
    this.#record = { ...this.#record, supervised: { ...this.supervised, desired, state } };
  }

  /** The wall clock may have been set while nobody was there: no delay is longer than the policy's longest. */
  #clampTimer(): void {
    const { state, spec } = this.supervised;
    if (state.kind !== 'backoff') return;
    const latest = this.around.clock.now() + spec.restart.delayMaxMs * (1 + spec.restart.jitter);
    if (state.restartAtMs <= latest) return;
    const supervised: Supervised = { ...this.supervised, state: { ...state, restartAtMs: latest } };
    this.#record = { ...this.#record, supervised };
  }

  /** An ended run whose end was perhaps not told, or whose output not shipped whole. */
  #settleOld(directory: RunDirectory): void {
    if (!directory.isDone) {
      const end =
        directory.readEnd() ?? this.#writeEnd(directory, endAsRecorded(directory, this.around.clock.now()), null);
      this.around.tell({ kind: 'run.ended', process: this.name, run: directory.run, ...end });
    }
    this.#shelf.add(directory);
    if (directory.isDone) return;
    this.around.outputBegan(this.name, directory);
    this.around.outputComplete(directory.run);
  }

  #resumeRun(living: RunId): void {
    const { state } = this.supervised;
    const directory = this.directory.runDirectory(living);
    this.#run = this.#newRun(directory);
    if (state.kind !== 'starting') this.around.outputBegan(this.name, directory);
    if (state.kind === 'running')
      this.around.tell({
        kind: 'run.started',
        process: this.name,
        run: living,
        identity: state.identity,
        command: commandText(this.spec.command),
      });
    this.#run.adopt(state.kind === 'running' ? state.identity : null);
    // A stop that was under way goes on, and what could not be ended is watched until it is gone.
    if (state.kind === 'stopping') this.#run.stop(state.killed ? null : this.spec.stop.signal);
    if (state.kind === 'failed') this.#run.stop(null);
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
    const { process: after, effects } = this.#stepAndDue(event);
    if (after === before && effects.length === 0) return;
    const answers = effects.filter((effect) => effect.kind === 'answer');
    const answered = [...this.#record.answered, ...answers].slice(-ANSWERS_KEPT);
    const superseded = this.#record.superseded && event.kind !== 'start';
    this.#record = { ...this.#record, supervised: after, answered: answered.map(asKept), superseded };
    this.#save(after.desired !== before.desired);
    for (const effect of effects) this.#do(effect);
    this.#armTimer();
    this.#tellReport();
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
    // Ids sort by birth, also when the wall clock was set back since the last one.
    const bornAtMs = Math.max(nowMs, this.#lastRunBornAtMs + 1);
    return { nowMs, random: Math.random(), nextRun: runIdOf(bornAtMs, random12()) };
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
        return this.#notePid(effect.identity.pid);
      default:
        return; // told, not done
    }
  }

  #spawn(run: RunId): void {
    const { spec } = this.supervised;
    this.#lastRunBornAtMs = Number(run.slice(0, 13));
    const directory = this.directory.runDirectory(run);
    const born = this.#newRun(directory);
    this.#run = born;
    const { worker, managerUrl, environment, workingDir, clock } = this.around;
    const about = { worker, process: this.name, run, url: managerUrl, bornAtMs: clock.now() };
    born.begin({
      process: this.name,
      command: spec.command,
      workingDir: spec.workingDir ?? workingDir,
      env: childEnvironment(environment, spec.env, about),
    });
  }

  #newRun(directory: RunDirectory): Run {
    const run = directory.run;
    return new Run(directory, this.around, {
      spawned: (identity) => this.handle({ kind: 'spawned', run, identity }),
      spawnFailed: (why, retryable) => {
        this.#dropUnborn(directory);
        this.handle({ kind: 'spawnFailed', run, why, retryable });
      },
      ended: (exit, remains) => this.handle({ kind: 'ended', run, exit, remains }),
      rebooted: (exit) => this.handle({ kind: 'rebooted', run, exit }),
      treeGone: (exit, certificate) => this.handle({ kind: 'treeGone', run, exit, certificate }),
      treeLeft: (certificate) => this.handle({ kind: 'treeLeft', run, certificate }),
    });
  }

  /** Nobody was born, so there is nothing to keep of it. */
  #dropUnborn(directory: RunDirectory): void {
    if (directory.outputBytes === 0) directory.remove();
  }

  #notePid(pid: number): void {
    if (this.spec.pidFile === null) return;
    const trouble = writePidFile(this.spec.pidFile, this.#workingDir, pid);
    if (trouble !== null) this.around.log('warn', `${this.name}: ${trouble}`);
  }

  get #workingDir(): string {
    return this.spec.workingDir ?? this.around.workingDir;
  }

  #tell(effect: SupervisorEffect): void {
    switch (effect.kind) {
      case 'runStarted': {
        const { run, identity } = effect;
        const command = commandText(this.spec.command);
        this.around.outputBegan(this.name, this.directory.runDirectory(run));
        return this.around.tell({ kind: 'run.started', process: this.name, run, identity, command });
      }
      case 'runEnded':
        return this.#runEnded(effect);
      case 'answer':
        return this.around.tell({ kind: 'command.done', id: effect.command, result: effect.result });
      default:
        return; // done, not told
    }
  }

  #runEnded({ run, exit, certificate }: Extract<SupervisorEffect, { kind: 'runEnded' }>): void {
    const directory = this.directory.runDirectory(run);
    const end = this.#writeEnd(directory, exit, certificate);
    const leader = directory.readChild()?.child.pid;
    if (this.spec.pidFile !== null && leader !== undefined) removePidFile(this.spec.pidFile, this.#workingDir, leader);
    this.around.tell({ kind: 'run.ended', process: this.name, run, ...end });
    this.#shelf.add(directory);
    this.around.outputBegan(this.name, directory);
    this.around.outputComplete(run);
    if (this.#run?.id === run) this.#run = null;
  }

  #writeEnd(directory: RunDirectory, exit: Exit, certificate: ProcessEnd['certificate']): ProcessEnd {
    const end = { exit, outputBytes: directory.outputBytes, certificate };
    try {
      directory.writeEnd(end);
    } catch (error) {
      this.around.log(
        'warn',
        `${this.name}: the end of run ${directory.run} could not be written down: ${text(error)}`,
      );
    }
    return end;
  }

  #save(durable: boolean): void {
    try {
      saveRecord(this.directory.recordFile, this.#record, durable);
    } catch (error) {
      if (this.#saveTimer !== null) return;
      this.around.log('error', `${this.name}: its record could not be written (${text(error)}); trying every second`);
      this.#saveTimer = setTimeout(() => {
        this.#saveTimer = null;
        this.#save(true);
      }, SAVE_AGAIN_MS);
    }
  }

  #armTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const dueMs = nextTimerMs(this.supervised);
    if (dueMs === null) return;
    const delay = Math.min(TIMER_MAX_MS, Math.max(0, dueMs - this.around.clock.now()));
    this.#timer = setTimeout(() => {
      this.handle({ kind: 'timerDue' });
      this.#armTimer(); // it may have been woken a little early
    }, delay);
  }

  #tellReport(): void {
    const report = this.report();
    const { why, kind } = report.state;
    const text = JSON.stringify(report);
    if (text === this.#reported) return;
    this.#reported = text;
    this.around.log(kind === 'failed' ? 'error' : 'info', `${this.name}: ${kind}${pidOf(report)} (${why})`);
    this.around.tell({ kind: 'process.changed', report });
  }

  /** A new definition. A living run keeps the one it was born with. */
  define(spec: ProcessSpec, origin: Origin): void {
    this.#record = { ...this.#record, origin, superseded: false, supervised: { ...this.supervised, spec } };
    this.#save(true);
  }

  /** Stop, verify, forget: it runs elsewhere now. */
  supersede(event: Extract<SupervisorEvent, { kind: 'stop' }>): void {
    this.#record = { ...this.#record, superseded: true };
    this.handle(event);
  }

  #forgetIfSuperseded(): void {
    if (!this.#record.superseded || this.supervised.state.kind !== 'stopped' || this.isForgotten) return;
    this.#record = { ...this.#record, forgotten: true };
    this.#save(true);
    this.around.tell({ kind: 'process.removed', process: this.name, why: 'it runs elsewhere now' });
    this.removeIfSettled();
  }

  /** The answer given to this command earlier; `pending` = it is owed; null = never heard of. */
  answerTo(command: CommandId): CommandResult | 'pending' | null {
    if (this.supervised.waiting.some((waiting) => waiting.command === command)) return 'pending';
    return this.#record.answered.find((given) => given.command === command)?.result ?? null;
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

  removeIfSettled(): void {
    if (!this.isForgotten || !this.#shelf.isSettled) return;
    this.release();
    this.directory.remove();
    this.around.forgotten(this.name);
  }

  /** Lets go: the launcher ends, the process goes on. */
  release(): void {
    for (const timer of [this.#timer, this.#saveTimer]) if (timer !== null) clearTimeout(timer);
    this.#run?.release();
  }
}

type ProcessEnd = Omit<Extract<LauncherFact, { kind: 'run.ended' }>, 'kind' | 'process' | 'run'>;

const asKept = ({ command, result }: { command: CommandId; result: CommandResult }) => ({ command, result });

/** True while its shim or its child lives, in this boot. */
function isAlive(directory: RunDirectory, { machine }: KeeperSurroundings): boolean {
  const born = directory.readChild();
  if (born === null || directory.readRecord()?.bootId !== machine.bootId) return false;
  return lives(born.child) || (born.shim !== null && lives(born.shim));
}

function endAsRecorded(directory: RunDirectory, nowMs: number): Exit {
  const record = directory.readExit();
  return record === null
    ? { exitCode: null, signal: null, atMs: nowMs, source: 'unknown' }
    : exitOfStatus(record.status, record.atMs);
}

const text = (error: unknown): string => (error as Error).message;
const pidOf = ({ state }: ProcessReport): string => (state.kind === 'running' ? `, pid ${state.identity.pid}` : '');

/** Twelve characters of the base32 alphabet, for a run id. */
const random12 = (): string =>
  [...randomBytes(12)].map((byte) => 'abcdefghijklmnopqrstuvwxyz234567'[byte & 31]).join('');
