/** What jobs have written down themselves, held against what the manager says of them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobView } from '../../../protocol/job-views';
import { until } from '../../harness/until';
import type { PlannedJob } from '../plan/jobs';
import type { JobCrowd } from '../stage/job-crowd';
import type { Stage } from '../stage/stage';
import type { Claims } from './claims';
import type { Verdict } from './verdict';

/** After the last trouble: all are over, whatever was lost on the way. */
const REST_MS = 60_000;
const REST_MS_PER_JOB = 100;
/** A launcher that is back looks at its leases first; so long after it came, what it has may still live. */
const BACK_MS = 2_000;

interface Began {
  readonly attempt: string;
  readonly worker: string;
  readonly atMs: number;
  readonly isAlone: boolean;
  readonly devicesAreFree: boolean;
}
interface Account {
  readonly begun: Began[];
  /** Exit codes of those that ran to their end. */
  readonly ends: Map<string, number>;
}

export class JobJudge {
  constructor(
    private readonly stage: Stage,
    private readonly crowd: JobCrowd,
    private readonly claims: Claims,
    private readonly verdict: Verdict,
  ) {}

  async judge(): Promise<void> {
    const { jobs } = this.stage.schedule;
    let open = jobs.length;
    const isOver = await until('every job to be over', REST_MS + jobs.length * REST_MS_PER_JOB, async () => {
      open = await this.crowd.open().catch(() => open);
      return open === 0;
    }).catch(() => false);
    this.verdict.check('every job ends, once', isOver, () => `${open} of ${jobs.length} jobs are not over`);
    const accounts = readAccounts(join(this.stage.jobsPlace, 'account'));
    for (const job of jobs) this.#job(job, await this.crowd.view(job.id), accounts.get(job.id) ?? NOTHING);
    const workers = await this.claims.operator.workers();
    const left = workers.flatMap((worker) => [...worker.jobs, ...worker.gpus.flatMap((gpu) => gpu.jobs)]);
    this.verdict.check('slots and devices come back', left.length === 0, () => JSON.stringify(left));
  }

  #job(job: PlannedJob, view: JobView, { begun, ends }: Account): void {
    const told = `job ${job.id} is ${view.state} (${view.why})`;
    const isRight =
      job.code === 0
        ? view.state === 'completed' || (view.state === 'cancelled' && job.cancelAfterMs !== null)
        : (view.state === 'failed' && view.exit_code === job.code) ||
          (view.state === 'cancelled' && job.cancelAfterMs !== null);
    this.verdict.check('every job ends, once', isRight, () => `${told}, and was to leave with ${job.code}`);
    const tries = new Map(view.tries.map((one) => [one.attempt_id, one]));
    const unended = view.tries.filter(({ state }) => state !== 'ended');
    this.verdict.check('every job ends, once', unended.length === 0, () => `${told}: ${unended[0]?.attempt_id} lives`);
    for (const { attempt_id: attempt, outcome, exit_code: code } of view.tries)
      if (outcome === 'completed' || code === job.code)
        this.verdict.check(
          'no result is made up, and none is lost',
          ends.has(attempt),
          () => `${told}: ${attempt} is told as ${outcome} with ${code}, and never came to its end`,
        );
    for (const [attempt, code] of ends) {
      const { outcome, exit_code: said } = tries.get(attempt) ?? {};
      // It was cancelled, or stopped at the end of its lease, in the moment in which it left.
      const isTold = said === code || outcome === 'cancelled' || outcome === 'lost';
      this.verdict.check(
        'no result is made up, and none is lost',
        isTold,
        () => `${told}: ${attempt} left with ${code}, and is told as ${outcome} with ${said}`,
      );
    }
    const names = begun.map(({ attempt }) => attempt);
    this.verdict.check(
      'never two copies',
      new Set(names).size === names.length && names.every((name) => tries.has(name)),
      () => `job ${job.id}: begun ${names.join(', ')}; known ${[...tries.keys()].join(', ')}`,
    );
    for (const one of begun) this.#alone(job, one, begun);
    for (const { outcome } of view.tries)
      if (outcome === 'lost') this.verdict.remark('an attempt was lost with its lease');
  }

  #alone(job: PlannedJob, one: Began, begun: readonly Began[]): void {
    const earlier = begun.filter(({ attempt }) => attempt !== one.attempt);
    this.verdict.check(
      'never two copies',
      one.isAlone || this.#wasAway(earlier, one.atMs),
      () => `job ${job.id}: ${one.attempt} began beside another attempt`,
    );
    this.verdict.check(
      'never two copies',
      one.devicesAreFree || this.#wasAway([one], one.atMs),
      () => `job ${job.id}: ${one.attempt} began on a device that another has`,
    );
  }

  /** A launcher that is killed or frozen past the end of its trust can stop nothing. */
  #wasAway(whose: readonly Began[], atMs: number): boolean {
    return this.claims.absences.some(
      ({ worker, fromMs, toMs }) =>
        fromMs <= atMs && atMs <= toMs + BACK_MS && whose.some((one) => one.worker === worker),
    );
  }
}

const NOTHING: Account = { begun: [], ends: new Map() };

function readAccounts(path: string): Map<string, Account> {
  const accounts = new Map<string, Account>();
  const lines = existsSync(path) ? readFileSync(path, 'latin1').trim().split('\n') : [];
  for (const line of lines) {
    const [word, job = '', attempt = '', ...rest] = line.split(' ');
    const account = accounts.get(job) ?? { begun: [], ends: new Map<string, number>() };
    accounts.set(job, account);
    if (word === 'end') account.ends.set(attempt, Number(rest[0]));
    else {
      const [worker = '', atMs, isAlone, isFree] = rest;
      account.begun.push({
        attempt,
        worker,
        atMs: Number(atMs),
        isAlone: isAlone === 'alone',
        devicesAreFree: isFree === 'free',
      });
    }
  }
  return accounts;
}
