/** What jobs have written down themselves, held against what the manager says of them. */
import type { AttemptView, JobView } from '../../../protocol/job-views';
import { until } from '../../harness/until';
import { STUMBLE, type PlannedJob } from '../plan/jobs';
import type { JobCrowd } from '../stage/job-crowd';
import { DEVICES, type Stage } from '../stage/stage';
import type { Claims } from './claims';
import { readAccounts, readLooks, type AttemptAccount } from './job-accounts';
import { BACK_MS, overstays } from './lease-ends';
import type { Verdict } from './verdict';

/** After the last trouble: all are over, whatever was lost on the way. */
const REST_MS = 180_000;
const REST_MS_PER_JOB = 60;
/** A kill takes its time on a machine that has no core to spare; the wire and the witness are that exact, too. */
const LATE_MS_MAX = 500;

export class JobJudge {
  constructor(
    private readonly stage: Stage,
    private readonly crowd: JobCrowd,
    private readonly claims: Claims,
    private readonly verdict: Verdict,
  ) {}

  get #trustMs(): number {
    return this.stage.schedule.trustMs;
  }

  /** @returns figures, a line each */
  async judge(): Promise<string[]> {
    const { jobs, cast } = this.stage.schedule;
    const { verdict } = this;
    let open = jobs.length;
    const isOver = await until('every job to be over', REST_MS + jobs.length * REST_MS_PER_JOB, async () => {
      open = await this.crowd.open().catch(() => open);
      return open === 0;
    }).catch(() => false);
    verdict.check('every job ends, once', isOver, () => `${open} of ${jobs.length} jobs are not over`);
    const overMs = this.crowd.elapsedMs;
    const before = await this.crowd.views(jobs);
    // What is told from here on is told by the ledger.
    await this.stage.manager.go('SIGKILL');
    await this.stage.manager.come();
    const views = await this.crowd.views(jobs);
    const accounts = readAccounts(this.stage.jobsPlace);
    for (const [i, job] of jobs.entries()) {
      const [was, view] = [before[i], views[i]];
      if (was === undefined || view === undefined) continue;
      this.#job(job, view, accounts.get(job.id) ?? []);
      verdict.check(
        'every job ends, once',
        was.state === view.state && was.since_ms === view.since_ms && was.attempts === view.attempts,
        () => `job ${job.id} was ${was.state}, and is ${view.state} in the ledger`,
      );
    }
    this.#handedOn([...accounts.values()].flat());
    await this.#nothingHeld();
    for (const worker of cast.workers) await this.#allDevices(worker);
    const tries = views.flatMap((view) => view.tries);
    const count = (outcome: AttemptView['outcome']) => tries.filter((one) => one.outcome === outcome).length;
    return [
      `${jobs.length} jobs over after ${(overMs / 1000).toFixed(1)} s, ${tries.length} attempts: ${count('completed')} completed, ` +
        `${count('failed')} failed, ${count('lost')} lost, ${count('cancelled')} cancelled`,
      this.#leaseFigures([...accounts.values()].flat()),
    ];
  }

  #job(job: PlannedJob, view: JobView, own: readonly AttemptAccount[]): void {
    const { verdict } = this;
    const told = `job ${job.id} is ${view.state} (${view.why})`;
    const mayBeCancelled = view.state === 'cancelled' && job.cancelAfterMs !== null;
    const isRight =
      job.code === 0 ? view.state === 'completed' : view.state === 'failed' && view.exit_code === job.code;
    verdict.check(
      'every job ends, once',
      isRight || mayBeCancelled,
      () => `${told}, and was to leave with ${job.code}`,
    );
    const unended = view.tries.filter(({ state }) => state !== 'ended');
    verdict.check('every job ends, once', unended.length === 0, () => `${told}: ${unended[0]?.attempt_id} lives`);
    this.#results(job, view, own, told);
    this.#onlyOnce(view, own, told);
    const names = own.map(({ attempt }) => attempt);
    const known = view.tries.map(({ attempt_id: attempt }) => attempt);
    verdict.check(
      'never two copies',
      new Set(names).size === names.length && names.every((name) => known.includes(name)),
      () => `job ${job.id}: begun ${names.join(', ')}; known ${known.join(', ')}`,
    );
    for (const one of own) this.#alone(one, own);
    for (const { outcome } of view.tries) if (outcome === 'lost') verdict.remark('an attempt was lost with its lease');
  }

  /** Each try's end, as it was and as it is told. */
  #results({ code }: PlannedJob, view: JobView, own: readonly AttemptAccount[], told: string): void {
    const pledge = 'no result is made up, and none is lost';
    const ran = new Map(own.map((one) => [one.attempt, one]));
    for (const { attempt_id: attempt, outcome, exit_code: said, cause } of view.tries) {
      if (outcome !== 'completed' && said === null) continue;
      const really = ran.get(attempt)?.code;
      // One that was asked to end and left with 0 does not say whether its work was done.
      const isCompleted = said === 0 && !(cause?.kind === 'asked' && outcome !== 'completed');
      const isTrue =
        really === said && (said === code || said === STUMBLE) && (outcome === 'completed') === isCompleted;
      this.verdict.check(
        pledge,
        isTrue,
        () => `${told}: ${attempt} is told as ${outcome} with ${said}, and left with ${really}`,
      );
    }
    const tries = new Map(view.tries.map((one) => [one.attempt_id, one]));
    for (const { attempt, code: really } of own) {
      const { outcome, exit_code: said = null, signal = null } = tries.get(attempt) ?? {};
      // Between its last word and its end a signal may still have been faster.
      const isTold = really === null ? signal !== null : said === really || signal !== null;
      this.verdict.check(
        pledge,
        isTold,
        () =>
          `${told}: ${attempt} ${really === null ? 'was ended' : `left with ${really}`}, and is told as ${outcome} with ${said ?? signal}`,
      );
    }
  }

  /** A job that completed has one try that did; a second one did its work for nothing, beside a lease that was lost. */
  #onlyOnce(view: JobView, own: readonly AttemptAccount[], told: string): void {
    const completed = view.tries.filter(({ outcome }) => outcome === 'completed');
    const wanted = view.state === 'completed' ? 1 : 0;
    const losable = completed.filter(({ attempt_id: attempt }) =>
      own.some((one) => one.attempt === attempt && this.#mayBeLost(one)),
    );
    this.verdict.check(
      'no result counts twice',
      completed.length === wanted || (completed.length > wanted && losable.length >= completed.length - wanted),
      () =>
        `${told}, and ${completed.length} of its tries are completed\n${JSON.stringify(view.tries)}\n${JSON.stringify(own)}\n${JSON.stringify(own.map((one) => this.#around(one.worker).silences))}`,
    );
    if (completed.length > wanted) this.verdict.remark('a lost attempt completed beside the one that counts');
    this.verdict.check(
      'no result counts twice',
      view.state !== 'completed' || view.tries.length === 0 || view.exit_code === 0,
      () => `${told} with exit code ${view.exit_code}`,
    );
  }

  #mayBeLost(one: AttemptAccount): boolean {
    const { silences } = this.#around(one.worker);
    return silences.some(
      ({ fromMs, toMs }) =>
        toMs - fromMs > this.#trustMs * 0.8 && fromMs < one.seenAtMs + this.#trustMs && toMs > one.beganAtMs,
    );
  }

  #around(worker: string) {
    return {
      silences: this.stage.wires.get(worker)?.silences ?? [],
      absences: this.claims.absences.filter((absence) => absence.worker === worker),
    };
  }

  #alone(one: AttemptAccount, own: readonly AttemptAccount[]): void {
    const earlier = own.filter(({ attempt }) => attempt !== one.attempt);
    this.verdict.check(
      'never two copies',
      one.isAlone || this.#wasAway(earlier, one.beganAtMs),
      () => `job ${one.job}: ${one.attempt} began beside another attempt`,
    );
    this.verdict.check(
      'never two copies',
      one.devicesAreFree || this.#wasAway([one], one.beganAtMs),
      () => `job ${one.job}: ${one.attempt} began on a device that another has`,
    );
    const { silences, absences } = this.#around(one.worker);
    for (const { silence, byMs } of overstays(one, silences, absences, this.#trustMs))
      this.verdict.check(
        'no attempt outlives its lease',
        byMs <= LATE_MS_MAX,
        () =>
          `${one.attempt} on ${one.worker} was there ${byMs} ms after its trust was over; nothing came through for ${silence.toMs - silence.fromMs} ms`,
      );
  }

  /** A launcher that is killed or frozen past the end of its trust, or gets no core, can stop nothing. */
  #wasAway(whose: readonly AttemptAccount[], atMs: number): boolean {
    return this.claims.absences.some(
      ({ worker, fromMs, toMs }) =>
        fromMs <= atMs && atMs <= toMs + BACK_MS && whose.some((one) => one.worker === worker),
    );
  }

  #leaseFigures(all: readonly AttemptAccount[]): string {
    const late = all.flatMap((one) => {
      const { silences, absences } = this.#around(one.worker);
      return overstays(one, silences, absences, this.#trustMs).map(({ byMs }) => byMs);
    });
    return late.length === 0
      ? 'no lease ended under an attempt'
      : `${late.length} times a lease ended under an attempt; the last sign of life came ${Math.max(...late)} ms after it at the latest (negative = before)`;
  }

  /** Between two that have a device somebody looked, and it was empty. */
  #handedOn(all: readonly AttemptAccount[]): void {
    const looks = readLooks(this.stage.jobsPlace);
    const before = new Map<string, AttemptAccount>();
    for (const one of [...all].sort((a, b) => a.beganAtMs - b.beganAtMs))
      for (const device of one.devices) {
        const last = before.get(`${one.worker}/${device}`);
        before.set(`${one.worker}/${device}`, one);
        if (last === undefined) continue;
        const seen = looks.some(
          ({ worker, fromMs, toMs, empty }) =>
            worker === one.worker && toMs >= last.seenAtMs && fromMs <= one.beganAtMs && empty.has(device),
        );
        this.verdict.check(
          'a device is given on when it was seen empty',
          seen,
          () =>
            `${one.attempt} began on device ${device} of ${one.worker} ${one.beganAtMs - last.seenAtMs} ms after ${last.attempt}, and nobody had looked`,
        );
      }
  }

  async #nothingHeld(): Promise<void> {
    let left: unknown[] = [];
    const isEmpty = await until('nothing to be held', REST_MS, async () => {
      const [workers, stats] = await Promise.all([this.claims.operator.workers(), this.crowd.stats()]);
      left = workers.flatMap((worker) => [...worker.jobs, ...worker.gpus.flatMap((gpu) => gpu.jobs)]);
      return left.length + stats.slots.taken + stats.gpus.given === 0;
    }).catch(() => false);
    this.verdict.check('slots and devices come back', isEmpty, () => JSON.stringify(left));
  }

  /** What is told to be free can be had: all devices of a worker, by one job. */
  async #allDevices(worker: string): Promise<void> {
    const job = await this.crowd.wantWhole(worker, DEVICES);
    let state = '';
    const isOver = await until('all devices', REST_MS, async () => {
      state = (await this.crowd.view(job).catch(() => null))?.state ?? state;
      return state === 'completed';
    }).catch(() => false);
    this.verdict.check(
      'slots and devices come back',
      isOver,
      () => `a job for all ${DEVICES} devices of ${worker}, when nothing runs any more, is ${state}`,
    );
  }
}
