/**
 * Probes: whether a run is ready, and whether it is still alive.
 *
 * What they are: questions that are asked again and again (http, tcp, exec), lines that are waited for (log), and things
 * that must not stop (output, CPU time, a number that grows). They find out and say so; what follows is the supervisor's
 * to decide. A probe lives as long as its run is up: it is made when the run comes up or is adopted, released when it is
 * ended, and leaves nothing behind - no timer, no watch, no shell.
 *
 * Rules:
 * 1. One ask at a time for each probe, first asks spread, shells counted: a thousand probes are no storm.
 * 2. Nobody is called silent for a time in which nobody listened: not across a suspended machine, a stopped launcher or a
 *    clock that was set. An adopted run has the whole time again.
 * 3. Output is read by event, only its new bytes, in bounded memory; a line is tried up to its first 64 KiB.
 * 4. A living run is asked by the definition it had when its launcher began to watch it.
 *
 * Deliberately absent: what to do about a failure, any memory across launchers but where judging began (output-lines.ts),
 * and a way for the program to report by itself.
 */
import type { ProcessSpec } from '../../protocol/process-spec';
import type { AliveProbe } from '../../protocol/probes';
import type { Clock } from '../clock';
import { watchAsked } from './alive-asked';
import { watchLog } from './alive-log';
import { watchProgress } from './alive-progress';
import { watchSilence } from './alive-silence';
import { isAsked } from './ask';
import { NOT_TRIED, watchHealth, type Health } from './health';
import { after } from './long-timer';
import { OutputLines, type FromWhere } from './output-lines';
import type { ProbedRun, ProbeWork, Verdict } from './probed-run';
import { watchReady, type ReadyNews } from './ready';

export interface ProbeNews {
  ready(): void;
  /** A probe whose failure ends the run. Said once; then nothing more is asked. */
  unwell(verdict: Verdict): void;
}

export interface Probes {
  /** Alive probes with `action: warn` that fail now, a sentence each. */
  readonly warnings: readonly string[];
  readonly health: Health;
  /** Nothing is asked any more, and nothing is told. */
  release(): void;
}

type Probed = Pick<ProcessSpec, 'ready' | 'alive' | 'healthCheck'>;

export function startProbes(spec: Probed, run: ProbedRun, clock: Clock, news: ProbeNews): Probes {
  return new RunProbes(spec, { run, clock, lines: new OutputLines(run.outputs) }, news);
}

class RunProbes implements Probes {
  readonly #releases: (() => void)[] = [];
  readonly #failing = new Map<AliveProbe, string>();
  #health = NOT_TRIED;

  constructor(
    private readonly spec: Probed,
    private readonly work: ProbeWork,
    private readonly news: ProbeNews,
  ) {
    const { ready, healthCheck } = spec;
    if (healthCheck !== null) this.#releases.push(watchHealth(healthCheck, (health) => (this.#health = health)));
    if (ready === null || work.run.isReady) this.#beginAlive(work.run.isAdopted);
    else this.#releases.push(watchReady(ready, work, this.#readyNews));
  }

  get #readyNews(): ReadyNews {
    return {
      ready: () => {
        this.#beginAlive(false);
        this.news.ready();
      },
      late: (verdict) => this.#unwell(verdict),
    };
  }

  get warnings(): readonly string[] {
    return [...this.#failing.values()];
  }

  get health(): Health {
    return this.#health;
  }

  /** @param wasReady an earlier launcher already judged it */
  #beginAlive(wasReady: boolean): void {
    const { run, clock } = this.work;
    const ageMs = clock.now() - run.upSinceMs;
    for (const probe of this.spec.alive) {
      const waitMs = probe.afterMs - ageMs;
      if (waitMs <= 0) this.#watch(probe, this.#whereFrom(probe, wasReady));
      else this.#releases.push(after(waitMs, () => this.#watch(probe, 'now')));
    }
  }

  #whereFrom({ afterMs }: AliveProbe, wasReady: boolean): FromWhere {
    const { ready, alive } = this.spec;
    if (!wasReady) return ready === null && afterMs === 0 ? 'begin' : 'now';
    return ready === null && alive.every((probe) => probe.afterMs === 0) ? 'noted-or-begin' : 'noted';
  }

  #watch(probe: AliveProbe, from: FromWhere): void {
    this.#releases.push(this.#watching(probe, from, (verdict) => this.#judge(probe, verdict)));
    if (from === 'now' && probe.check.kind === 'log') this.work.lines.noteWhere();
  }

  #watching(probe: AliveProbe, from: FromWhere, say: (verdict: Verdict | null) => void): () => void {
    const { check } = probe;
    if (isAsked(check)) return watchAsked({ ...probe, check }, this.work, say);
    switch (check.kind) {
      case 'log':
        return watchLog(check.pattern, this.work.lines, from, say);
      case 'silence':
        return watchSilence(check, this.work, say);
      case 'progress':
        return watchProgress(check, this.work, from, say);
    }
  }

  #judge(probe: AliveProbe, verdict: Verdict | null): void {
    if (verdict === null) this.#failing.delete(probe);
    else if (probe.action === 'warn') this.#failing.set(probe, `${verdict.why}: ${verdict.evidence}`);
    else this.#unwell(verdict);
  }

  #unwell(verdict: Verdict): void {
    this.release();
    this.news.unwell(verdict);
  }

  release(): void {
    for (const letGo of this.#releases.splice(0)) letGo();
    this.work.lines.release();
  }
}
