/**
 * One process's keeper over the simulated kernel: the supervisor's real table, a record that outlives the launcher, and
 * the order of launcher/keeper/keeper.ts (record, then effects, then words), which may break off between any two.
 */
import type { CommandId, ProcessName, RunId } from '../../protocol/ids';
import { runIdOf } from '../../protocol/ids';
import type { Exit } from '../../protocol/exit';
import type { CommandResult, LauncherFact } from '../../protocol/link';
import type { ProcessSpec } from '../../protocol/process-spec';
import type { StopCertificate } from '../../protocol/process-state';
import { reportOf } from '../../launcher/core/report';
import { step } from '../../launcher/core/supervisor';
import { livingRun, newcomer, nextTimerMs, type Supervised } from '../../launcher/core/supervisor-state';
import type { Step, SupervisorEffect, SupervisorEvent, Turn } from '../../launcher/core/supervisor-words';
import type { Kernel } from './kernel';
import type { Promises } from './promises';

const ANSWERS_KEPT = 8;

/** The launcher is killed here. */
export class Crash extends Error {}
export type CrashPoint = 'before effects' | 'before words';

/** What is on the disk of a process. */
export interface SimRecord {
  supervised: Supervised;
  answered: readonly { command: CommandId; result: CommandResult }[];
  /** Ended runs, oldest first; `done` = the manager has said that it has them. */
  ended: Map<RunId, { exit: Exit; certificate: StopCertificate | null; done: boolean }>;
}

export const newRecord = (spec: ProcessSpec, nowMs: number): SimRecord => ({
  supervised: newcomer(spec, nowMs),
  answered: [],
  ended: new Map(),
});

export interface SimWorld {
  readonly worker: string;
  readonly kernel: Kernel;
  readonly promises: Promises;
  now(): number;
  /** Of births in the whole history: a run's id is never given twice. */
  nextBirth(): number;
  /** Breaks off here, if the history says so. */
  crashAt(point: CrashPoint): void;
}

export class SimKeeper {
  readonly #queue: SupervisorEvent[] = [];
  #isInTurn = false;
  #reported = '';

  constructor(
    readonly record: SimRecord,
    private readonly world: SimWorld,
    private readonly tell: (fact: LauncherFact) => void,
  ) {}

  get name(): ProcessName {
    return this.record.supervised.spec.name;
  }

  report() {
    return reportOf(this.record.supervised, this.world.now());
  }

  get dueMs(): number | null {
    return nextTimerMs(this.record.supervised);
  }

  resume(): void {
    const { record } = this;
    const living = livingRun(record.supervised);
    for (const [run, { exit, certificate, done }] of record.ended)
      if (!done && run !== living)
        this.tell({ kind: 'run.ended', process: this.name, run, exit, outputBytes: 0, certificate });
    if (living !== null) {
      const { state } = record.supervised;
      if (state.kind === 'running') this.#tellEffect({ kind: 'runStarted', run: living, identity: state.identity });
      this.world.kernel.adopt(living);
      // A stop that was under way goes on.
      if (livingRun(record.supervised) === living) {
        if (state.kind === 'stopping') this.world.kernel.stopTree(living, state.killed);
        if (state.kind === 'failed') this.world.kernel.stopTree(living, true);
      }
    }
    this.#report();
    for (const { command, result } of record.answered) this.tell({ kind: 'command.done', id: command, result });
  }

  answerTo(command: CommandId): CommandResult | 'pending' | null {
    if (this.record.supervised.owed.some((owed) => owed.command === command)) return 'pending';
    return this.record.answered.find((given) => given.command === command)?.result ?? null;
  }

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
    const { record, world } = this;
    const before = record.supervised;
    const { process, effects } = this.#stepAndDue(event);
    if (process === before && effects.length === 0) return;
    const answers = effects.flatMap((effect) => (effect.kind === 'answer' ? [effect] : []));
    record.supervised = process;
    record.answered = [...record.answered, ...answers].slice(-ANSWERS_KEPT);
    world.crashAt('before effects');
    for (const effect of effects) this.#perform(effect);
    world.crashAt('before words');
    this.#report();
    for (const effect of effects) this.#tellEffect(effect);
  }

  /** A timer that is due at once belongs to the same turn. */
  #stepAndDue(event: SupervisorEvent): Step {
    let all = this.#watchedStep(this.record.supervised, event);
    while (true) {
      const dueMs = nextTimerMs(all.process);
      if (dueMs === null || dueMs > this.world.now()) return all;
      const next = this.#watchedStep(all.process, { kind: 'timerDue' });
      all = { process: next.process, effects: [...all.effects, ...next.effects] };
    }
  }

  #watchedStep(before: Supervised, event: SupervisorEvent): Step {
    const after = step(before, event, this.#newTurn());
    this.world.promises.stepped(this.world.worker, before, event, after);
    return after;
  }

  #newTurn(): Turn {
    const nowMs = this.world.now();
    const { world } = this;
    return {
      nowMs,
      random: 0.5,
      get nextRun() {
        return runIdOf(nowMs, numbered(world.nextBirth()));
      },
      unmet: [],
      isEnding: false,
    };
  }

  #perform(effect: SupervisorEffect): void {
    const { kernel } = this.world;
    if (effect.kind === 'spawn') kernel.spawn(this.name, effect.run);
    if (effect.kind === 'stopTree') kernel.stopTree(effect.run, false);
    if (effect.kind === 'killTree') kernel.stopTree(effect.run, true);
  }

  #tellEffect(effect: SupervisorEffect): void {
    switch (effect.kind) {
      case 'runStarted': {
        const { run, identity } = effect;
        return this.tell({ kind: 'run.started', process: this.name, run, identity, command: 'x' });
      }
      case 'runEnded': {
        const { run, exit, certificate } = effect;
        this.record.ended.set(run, { exit, certificate, done: false });
        return this.tell({ kind: 'run.ended', process: this.name, run, exit, outputBytes: 0, certificate });
      }
      case 'answer':
        return this.tell({ kind: 'command.done', id: effect.command, result: effect.result });
      default:
        return undefined; // done, not told
    }
  }

  #report(): void {
    const report = this.report();
    const text = JSON.stringify(report);
    if (text === this.#reported) return;
    this.#reported = text;
    this.tell({ kind: 'process.changed', report });
  }
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
/** Twelve characters that sort as the number does. */
const numbered = (number: number): string =>
  Array.from({ length: 12 }, (_, i) => ALPHABET[Math.floor(number / 32 ** (11 - i)) % 32]).join('');
