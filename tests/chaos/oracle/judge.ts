/**
 * The trouble is over: what must be so now, and what must have been so all the time.
 *
 * First the programs come to rest and everything is compared with what is seen and with what was wanted; then
 * everything is stopped, and every life is compared with what is stored of it.
 */
import { readFileSync } from 'node:fs';
import type { EventView, ProcessView } from '../../../protocol/views';
import { until } from '../../harness/until';
import { isAlive } from '../../harness/leftovers';
import type { Part } from '../plan/cast';
import { keyOf } from '../stage/operator';
import type { Stage } from '../stage/stage';
import type { Claims } from './claims';
import { bytesOf, compare } from './lines';
import { lookAround, type Sighting } from './sightings';
import type { Life } from './truth';
import type { Verdict } from './verdict';

const REST_MS = 90_000;
/** The manager keeps this many runs of a process, and the living one. */
const RUNS_KEPT = 10;
/** Resident, of one program of ours. Between 60 and 120 MB is usual; a buffer that grows with the output is not. */
const RSS_MB_MAX = 400;

export class Judge {
  constructor(
    private readonly stage: Stage,
    private readonly claims: Claims,
    private readonly verdict: Verdict,
  ) {}

  async judge(): Promise<void> {
    await this.#rest(null);
    this.#nobodyLeft();
    await this.#stopAll();
    await this.#rest('stopped');
    this.#copies();
    this.#stoppedStaysStopped();
    await this.#output();
    await this.#exits();
    this.#strangers();
    await this.#nothingLeft();
  }

  /** Processes that a launcher was given from the start, and guests that came and perhaps went. */
  get #parts(): readonly Part[] {
    return [...this.stage.schedule.cast.parts, ...this.stage.schedule.guests];
  }

  /** Waits until what the manager shows is what is to be seen, and what is wanted. @param wanted null = whatever is */
  async #rest(wanted: 'stopped' | null): Promise<void> {
    for (const part of this.#parts) {
      let last = 'nothing was shown of it';
      const rests = await until('rest', REST_MS, async () => {
        const view = await this.#view(part);
        last = view === null ? this.#whyNotForgotten(part) : this.#whyNotAtRest(part, view);
        if (view !== null && wanted !== null && view.desired !== wanted) last = `wanted ${view.desired}, not ${wanted}`;
        return last === '';
      }).catch(() => false);
      this.verdict.check('what is wanted comes to be so', rests, () => `${keyOf(part)}: ${last}`);
    }
    for (const { name, pid } of [this.stage.manager, ...this.stage.launchers.values()]) {
      const rss = pid === null ? 0 : rssMbOf(pid);
      this.verdict.check('memory stays bounded', rss < RSS_MB_MAX, () => `${name} holds ${rss} MB`);
    }
  }

  #livingOf(part: Part): Sighting[] {
    const runs = new Set(this.claims.livesOf(part).map(({ run }) => run));
    return lookAround(this.stage.mark).filter(({ run }) => run !== null && runs.has(run));
  }

  /** The manager does not know it: right for a guest that went, or never came. */
  #whyNotForgotten(part: Part): string {
    const isGuest = this.stage.schedule.guests.includes(part);
    const living = this.#livingOf(part);
    return isGuest && living.length === 0 ? '' : `the manager does not know it; seen: ${inWords(living)}`;
  }

  /** Empty = it is at rest. */
  #whyNotAtRest(part: Part, view: ProcessView): string {
    const living = this.#livingOf(part);
    const leaders = new Set(this.claims.livesOf(part).map(({ pid }) => pid));
    const pids = living.map(({ pid }) => pid).filter((pid) => leaders.has(pid));
    const shown = `shown as ${view.state} (${view.why}), wanted ${view.desired}, pid ${view.pid}; seen: ${inWords(living)}`;
    switch (view.state) {
      case 'running':
        return pids.length === 1 && pids[0] === view.pid && view.desired === 'running' ? '' : shown;
      case 'stopped':
        return living.length === 0 && view.desired === 'stopped' ? '' : shown;
      // It ended by itself, and its policy leaves it so.
      case 'exited':
      case 'failed':
        return living.length === 0 ? '' : shown;
      default:
        return shown;
    }
  }

  async #view(part: Part): Promise<ProcessView | null> {
    const views = await this.claims.operator.processes(part.worker).catch(() => []);
    return views.find(({ process }) => process === part.process) ?? null;
  }

  /** The last order each process gets; its answer is checked as every other. */
  async #stopAll(): Promise<void> {
    const { parts } = this.stage.schedule.cast;
    const guests = await Promise.all(this.#parts.map((part) => this.#view(part)));
    const known = this.#parts.filter((part, i) => parts.includes(part) || guests[i] !== null);
    const orders = await Promise.all(
      known.map((part) => this.claims.order(part, parts.includes(part) ? 'stop' : 'forget')),
    );
    for (const { key, answer } of orders)
      this.verdict.check(
        'what is wanted comes to be so',
        answer?.kind === 'done' || answer?.kind === 'queued',
        () => `${key}: the last stop was answered ${JSON.stringify(answer)}`,
      );
  }

  /**
   * None ends for a trouble of its own. Two do where they cannot write, and say so: a manager that cannot commit must not go
   * on deciding, and a launcher that starts must be able to take the lock on its data.
   */
  #nobodyLeft(): void {
    const { manager, launchers } = this.stage;
    for (const player of [manager, ...launchers.values()]) {
      const whose = player === manager ? 'manager' : 'launcher';
      const isExcused = this.claims.troubledDisks.has(whose) && (whose === 'manager' || this.claims.wasKilledInTrouble);
      if (isExcused && player.endsByItself > 0) this.verdict.remark(`${player.name} ended: its disk took nothing`);
      this.verdict.check(
        'no program of ours ends by itself',
        player.endsByItself === 0 || isExcused,
        () => `${player.name} ended by itself: ${player.output.slice(-600)}`,
      );
    }
  }

  #copies(): void {
    for (const part of this.#parts) {
      const lives = this.claims.livesOf(part);
      const ofOneRun = new Set(lives.map(({ run }) => run)).size === lives.length;
      const copies = lives.filter(({ wasAlone }) => !wasAlone);
      this.verdict.check(
        'never two copies',
        copies.length === 0 && ofOneRun,
        () =>
          `${keyOf(part)}: ${copies.map(({ run, pid }) => `run ${run} (pid ${pid}) was born while another tree lived`).join('; ')}${ofOneRun ? '' : ' two lives of one run'}`,
      );
    }
  }

  /** Between the true answer of a stop and the next order that wants it to run, nothing is born. */
  #stoppedStaysStopped(): void {
    for (const part of this.#parts) {
      const orders = this.claims.operator.of(part);
      const births = this.claims.livesOf(part);
      for (const [i, { verb, answer, answeredAtMs, askedAtMs }] of orders.entries()) {
        if ((verb !== 'stop' && verb !== 'kill') || answer?.kind !== 'done' || answeredAtMs === null) continue;
        // An order that was under way at the same time, or that nobody answered, may have wanted it to run.
        const before = orders.slice(0, i).some((other) => mayStillWork(other, askedAtMs));
        const next = orders[i + 1]?.askedAtMs ?? Infinity;
        if (before || next <= answeredAtMs) continue;
        // Its launcher could not write the order down, and said so.
        if (answer.message.includes(' could not be written ') && this.claims.wasKilledInTrouble) continue;
        const born = births.find(({ bornAtMs }) => bornAtMs > answeredAtMs + 5 && bornAtMs < next);
        this.verdict.check(
          'what was stopped stays stopped',
          born === undefined,
          () =>
            `${keyOf(part)}: ${verb} was answered, and ${Math.round((born?.bornAtMs ?? 0) - answeredAtMs)} ms later run ${born?.run} was born`,
        );
      }
    }
  }

  async #output(): Promise<void> {
    for (const part of this.#parts) {
      const lives = this.claims.livesOf(part).slice(-RUNS_KEPT);
      for (const life of lives) if (!this.claims.forgottenRuns?.has(life.run)) await this.#outputOf(part, life);
    }
  }

  async #outputOf(part: Part, life: Life): Promise<void> {
    const bytes = bytesOf(life);
    let stored: Buffer = Buffer.alloc(0);
    let trouble: string | null = 'nothing is stored';
    await until('its output', REST_MS, async () => {
      const listed = (await this.claims.operator.runs(part).catch(() => [])).find(
        ({ run_id: run }) => run === life.run,
      );
      if (bytes > 0 && (listed?.bytes ?? 0) < bytes) return false;
      stored = bytes === 0 && listed === undefined ? stored : await this.claims.operator.output(part, life.run);
      trouble = compare(part.role, life, stored);
      return trouble === null;
    }).catch(() => false);
    this.verdict.check(
      'every line is stored once and in order',
      trouble === null,
      () => `${keyOf(part)}, run ${life.run} (${life.taken.length} lines, ${bytes} bytes): ${trouble}`,
    );
  }

  async #exits(): Promise<void> {
    let ends = new Map<string, EventView>();
    const lives = this.#parts.flatMap((part) => this.claims.livesOf(part).map((life) => ({ part, life })));
    const due = lives.filter(({ life }) => !this.claims.forgottenRuns?.has(life.run));
    await until('every end to be told', REST_MS, async () => {
      const events = await this.claims.operator.events();
      ends = new Map(
        events.flatMap((event) => (event.kind === 'run.ended' && event.run_id !== null ? [[event.run_id, event]] : [])),
      );
      return due.every(({ life }) => ends.has(life.run));
    }).catch(() => false);
    for (const { part, life } of due) {
      const told = ends.get(life.run)?.message ?? 'nothing';
      const trouble = this.#wrongEnd(life, told);
      this.verdict.check(
        'exit codes are true, or unknown where nobody can know',
        trouble === null,
        () => `${keyOf(part)}, run ${life.run}: ${trouble}`,
      );
    }
  }

  #wrongEnd({ run, exitCode, signals }: Life, told: string): string | null {
    if (told.startsWith('exit unknown'))
      // A launcher's disk that takes nothing, while the launcher is killed, takes no record of an end either.
      return this.claims.unknowable.has(run) || this.claims.troubledDisks.has('launcher')
        ? null
        : `its end is told as unknown, and its shim was not touched; it ${exitCode === null ? 'was ended' : `left with ${exitCode}`}`;
    const code = /^exit code (\d+)/.exec(told)?.[1];
    const signal = /^killed by (SIG\w+)/.exec(told)?.[1];
    // Its account says it was leaving: a signal may still have been faster than its last step.
    if (exitCode !== null)
      return Number(code) === exitCode || signal === 'SIGKILL'
        ? null
        : `it left with ${exitCode} and is told as "${told}"`;
    if (code === undefined && signal === undefined) return `it ended, and is told as "${told}"`;
    return code === undefined
      ? null
      : `it never left by itself (heard: ${signals.join(' ') || 'no signal'}) and is told as "${told}"`;
  }

  #strangers(): void {
    for (const stranger of this.stage.strangers) {
      const heard = this.stage.signalsOf(stranger);
      const alive = isAlive(stranger.pid);
      this.verdict.check(
        'no signal to a stranger',
        heard.length === 0 && alive,
        () => `the bystander ${stranger.pid} ${alive ? `heard ${heard.join(', ')}` : 'was killed'}`,
      );
    }
  }

  /** Our own programs end softly; then nobody of the seed may be there but the bystanders. */
  async #nothingLeft(): Promise<void> {
    await Promise.all([this.stage.manager, ...this.stage.launchers.values()].map((player) => player.go('SIGTERM')));
    const left = () => lookAround(this.stage.mark).filter(({ role }) => role !== 'stranger');
    const isEmpty = await until('everything to be gone', 30_000, () => left().length === 0).catch(() => false);
    this.verdict.check('nothing is left behind', isEmpty, () =>
      left()
        .map(({ pid, role, command }) => `${pid} ${role}: ${command}`)
        .join('; '),
    );
  }
}

type Asked = {
  readonly verb: string;
  readonly answer: { readonly kind: string } | null;
  readonly answeredAtMs: number | null;
};
const mayStillWork = ({ verb, answer, answeredAtMs }: Asked, atMs: number): boolean =>
  (verb === 'start' || verb === 'restart' || verb === 'define') &&
  (answer === null || answer.kind !== 'done' || (answeredAtMs ?? Infinity) >= atMs);

function rssMbOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

const inWords = (seen: readonly Sighting[]): string =>
  seen.map(({ pid, run, command }) => `${pid} of ${run} (${command.slice(0, 40)})`).join(', ') || 'nothing';
