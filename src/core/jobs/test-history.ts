/** A pool to which steps happen, one after another; and what must be so after each. */
import type { WorkerId } from '../../../protocol/ids';
import { JobId, type AttemptId, type AttemptOutcome } from '../../../protocol/jobs';
import { Refusal } from '../../../protocol/errors';
import { AT_HOME, identityOf, SETTINGS } from '../test-fleet';
import { Jobs } from './jobs';
import { loadJobs } from './load';
import { isLive, isOver, type Attempt, type Job } from './rows';
import { scopesOf } from './scopes';
import { cameLate } from './test-came-late';
import { falseFigures } from './test-figures';
import { ALICE, TestPool } from './test-pool';
import { pick, specOf, type Step, type Wish } from './test-steps';
import { leftWaiting } from './test-waiting';

const AGENT = 'agent' as WorkerId;
const GIB = 2 ** 30;

export class History {
  readonly pool = new TestPool({
    ...SETTINGS,
    jobs: { ...SETTINGS.jobs, kept: 12, keptMs: 600_000, keptFailed: 8, keptFailedMs: 900_000, starvationMs: 60_000 },
  });
  private readonly epochs = new Set<number>();
  private readonly over = new Map<JobId, Job>();
  private readonly ended = new Map<AttemptId, Attempt>();
  private submitted = 0;

  constructor() {
    for (const id of ['w1', 'w2', 'w3']) {
      this.pool.worker(id, 2);
      this.pool.devices(id, ...(id === 'w3' ? [] : [0, 0]));
    }
    this.pool.ask({
      kind: 'registerAgent',
      worker: AGENT,
      type: 'claim',
      hostname: 'box',
      version: null,
      labels: {},
      slots: 2,
      gpus: [{ index: 0, name: 'A100', memoryBytes: 80 * GIB }],
      heartbeatIntervalMs: 30_000,
      holds: null,
      account: null,
      by: ALICE,
    });
  }

  private get jobs(): Jobs {
    return this.pool.model.jobs;
  }

  happen(step: Step): void {
    const { pool } = this;
    switch (step.kind) {
      case 'submit':
        return this.submit(step.wishes);
      case 'begin': {
        const attempt = pick([...this.jobs.live()], step.which);
        if (attempt?.worker === AGENT)
          void pool.ask({ kind: 'attemptStarted', worker: AGENT, job: attempt.job, attempt: attempt.id });
        else if (attempt !== undefined) pool.begin(attempt.job, attempt);
        return;
      }
      case 'end': {
        const attempt = pick([...this.jobs.live()], step.which);
        if (attempt !== undefined) this.end(attempt, step.outcome);
        return;
      }
      case 'hinder': {
        const attempt = pick(
          [...this.jobs.live()].filter(({ worker, state }) => worker !== AGENT && state.kind === 'assigned'),
          step.which,
        );
        if (attempt !== undefined) pool.hinder(attempt);
        return;
      }
      case 'end late': {
        const attempt = pick(
          [...this.jobs.attempts.values()].filter((one) => !isLive(one)),
          step.which,
        );
        if (attempt !== undefined) this.end(attempt, step.outcome);
        return;
      }
      case 'cancel':
        return this.withJob(step.which, (id) => pool.ask({ kind: 'cancelJob', id, why: '', by: ALICE }));
      case 'retry':
        return this.withJob(step.which, (id) => {
          const { reply } = pool.ask({ kind: 'retryJob', id, by: ALICE });
          if (!(reply instanceof Refusal)) this.over.delete(id);
        });
      case 'approve':
        return this.withJob(step.which, (id) => pool.ask({ kind: 'approveJob', id, by: ALICE }));
      case 'change':
        return this.withJob(step.which, (id) =>
          pool.ask({ kind: 'changeJob', id, priority: step.priority, by: ALICE }),
        );
      case 'drain':
        return void pool.ask({ kind: 'drain', id: step.worker, isDraining: step.isDraining, by: ALICE });
      case 'pass': {
        const until = pool.nowMs + step.ms;
        for (const attempt of this.jobs.live())
          if (step.heard.includes(attempt.worker)) this.jobs.renewedAtMs.set(attempt.id, until);
        return void pool.pass(step.ms, ...step.heard);
      }
      case 'back':
        return this.back(step.worker, step.forgets);
      case 'measure':
        return pool.devices(step.worker, ...(step.worker === 'w3' ? [] : [step.used, 0]));
      case 'hold':
        return pool.slotsHeld(step.worker, step.held);
      case 'claim': {
        const contact = pool.model.contacts.get(AGENT);
        if (contact !== undefined) contact.lastContactMs = pool.nowMs;
        return void pool.ask({ kind: 'claimJobs', worker: AGENT, limit: step.limit, leaseMs: 20_000, requestId: null });
      }
      case 'limit':
        return void pool.ask({ kind: 'setJobLimit', scope: step.scope, max: step.max, by: ALICE });
      case 'reload':
        // The rest of the model stays: what is to be seen is that the rows of jobs tell everything.
        Object.assign(pool.model, { jobs: this.reloaded() });
        return void pool.ask({ kind: 'match' });
    }
  }

  private submit(wishes: readonly Wish[]): void {
    const known = [...this.jobs.all.keys()];
    const first = this.submitted;
    this.submitted += wishes.length;
    const idOf = (i: number): JobId => JobId.parse(`j${first + i}`);
    this.pool.ask({
      kind: 'submitJobs',
      jobs: wishes.map((wish, i) => ({
        id: idOf(i),
        // On those of before, and on those that stand before it in its own submission.
        spec: specOf(wish, [...known, ...wishes.slice(0, i).map((_, at) => idOf(at))]),
        key: null,
        meta: {},
        needsApproval: wish.needsApproval,
      })),
      via: 'procguard',
      owner: wishes[0]?.owner ?? 'alice',
      by: ALICE,
    });
  }

  private end(attempt: Attempt, outcome: AttemptOutcome): void {
    if (attempt.worker !== AGENT) return this.pool.endAs(attempt, outcome, outcome === 'completed' ? 0 : 1);
    this.pool.ask({
      kind: 'attemptEnded',
      worker: AGENT,
      job: attempt.job,
      attempt: attempt.id,
      outcome,
      why: outcome,
      exit: null,
      output: { stdout: 'said', stderr: '' },
    });
  }

  private withJob(which: number, what: (id: JobId) => unknown): void {
    const id = pick([...this.jobs.all.keys()], which);
    if (id !== undefined) what(id);
  }

  /** It opens its link again, and has lost some attempts. */
  private back(id: string, forgets: readonly number[]): void {
    const identity = identityOf(id, { slots: 2 });
    const own = [...this.jobs.attempts.values()].filter(({ worker }) => worker === id).map((attempt) => attempt.id);
    const gone = new Set(forgets.map((which) => pick(own, which)));
    this.pool.ask({ kind: 'openLink', identity, proof: AT_HOME.proof, connection: `${id}-1` });
    this.pool.resync(
      id,
      own.filter((attempt) => !gone.has(attempt)),
    );
  }

  private reloaded(): Jobs {
    const jobs = new Jobs();
    const { order, epoch } = this.jobs;
    const jobLimits = [...this.jobs.limits].map(([scope, max]) => ({ scope, max }));
    const rows = {
      jobs: [...this.jobs.all.values()],
      attempts: [...this.jobs.attempts.values()],
      jobLimits,
      order,
      epoch,
    };
    loadJobs(jobs, rows, this.pool.settings.jobs, this.pool.nowMs);
    return jobs;
  }

  /** Whatever does not hold. */
  broken(): string[] {
    return [
      ...this.rows(),
      ...this.indices(),
      ...falseFigures(this.pool.model, this.pool.settings),
      ...this.devices(),
      ...leftWaiting(this.pool.model, this.pool.settings, this.pool.nowMs),
      ...this.dependencies(),
      ...this.load(),
    ];
  }

  private *rows(): Generator<string> {
    for (const attempt of this.jobs.attempts.values()) {
      const before = this.ended.get(attempt.id);
      if (before !== undefined && isLive(attempt)) yield `attempt ${attempt.id} lives again`;
      // Given up unheard, its real end may still be told.
      const isFirstWord = before?.exit === null && (isLost(before) || attempt.exit !== null);
      if (before !== undefined && before !== attempt && !isFirstWord) yield `attempt ${attempt.id} ended twice`;
      if (before === undefined && !isLive(attempt)) this.ended.set(attempt.id, attempt);
      else if (before !== undefined) this.ended.set(attempt.id, attempt);
      this.epochs.add(attempt.epoch);
    }
    for (const job of this.jobs.all.values()) {
      const live = this.jobs.liveOf(job.id);
      const nodes = new Set(live.map(({ node }) => node));
      if (nodes.size !== live.length) yield `job ${job.id} has two live attempts of one node`;
      if (new Set(live.map(({ round }) => round)).size > 1) yield `job ${job.id} lives in two rounds`;
      if (job.state.kind === 'active' && live.length === 0) yield `job ${job.id} is active with no attempt`;
      if (job.state.kind !== 'active' && live.length > 0)
        yield `job ${job.id} is ${job.state.kind} and has live attempts`;
      const before = this.over.get(job.id);
      if (before !== undefined && before.state !== job.state && !cameLate(this.jobs, before, job))
        yield `job ${job.id} was over and is ${job.state.kind}`;
      if (isOver(job)) this.over.set(job.id, job);
    }
    if ([...this.epochs].some((epoch) => epoch > this.jobs.epoch)) yield 'the epoch fell';
    const inAll = new Set([...this.jobs.attempts.values()].map(({ epoch }) => epoch));
    if (inAll.size !== this.jobs.attempts.size) yield 'an epoch came twice';
  }

  private *indices(): Generator<string> {
    const active = new Map<string, number>();
    for (const job of this.jobs.all.values()) {
      const isIn = this.jobs.queue.lineOf(job.id) !== null;
      if (isIn !== (job.state.kind === 'queued'))
        yield `job ${job.id} is ${job.state.kind} and ${isIn ? '' : 'not '}in the queue`;
      if (job.state.kind === 'active')
        for (const scope of scopesOf(job)) active.set(scope, (active.get(scope) ?? 0) + 1);
    }
    for (const job of this.jobs.all.values())
      for (const scope of scopesOf(job))
        if (this.jobs.activeIn(scope) !== (active.get(scope) ?? 0))
          yield `${scope} counts ${this.jobs.activeIn(scope)} active jobs, there are ${active.get(scope) ?? 0}`;
    for (const line of this.jobs.queue.lines) {
      const orders = [...line].map(({ order }) => order);
      if (orders.length !== line.length) yield `line ${line.key} says ${line.length} and holds ${orders.length}`;
      if (orders.some((order, i) => order <= (orders[i - 1] ?? 0))) yield `line ${line.key} is out of order`;
    }
  }

  private *devices(): Generator<string> {
    for (const { id, slots, gpus } of this.pool.model.workers.values()) {
      const live = [...this.jobs.on(id)];
      if (live.length > slots) yield `${id} has ${live.length} attempts in ${slots} slots`;
      const totals = gpus ?? [0, 1].map((index) => ({ index, memoryBytes: 80 * GIB }));
      for (const { index, memoryBytes: total } of totals) {
        const held = live.flatMap((attempt) => attempt.gpus.filter((gpu) => gpu.index === index));
        const isWhole = held.some(({ memoryBytes }) => memoryBytes === null);
        if (isWhole && held.length > 1) yield `device ${id}/${index} is held whole, and by ${held.length}`;
        if (held.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0) > (total ?? 0))
          yield `device ${id}/${index} is over-given`;
      }
    }
  }

  private *dependencies(): Generator<string> {
    for (const job of this.jobs.all.values()) {
      if (job.state.kind !== 'waiting' || job.state.for !== 'dependencies') continue;
      const others = job.spec.after.map((id) => this.jobs.job(id));
      if (others.some((other) => other === null)) yield `job ${job.id} waits for what is forgotten`;
      if (others.every((other) => other !== null && isOver(other))) yield `job ${job.id} waits for what is over`;
    }
  }

  private *load(): Generator<string> {
    const [is, was] = [shapeOf(this.reloaded()), shapeOf(this.jobs)];
    for (const [what, value] of Object.entries(was))
      if (JSON.stringify(value) !== JSON.stringify(is[what as keyof typeof is]))
        yield `${what} after a reload: ${JSON.stringify(is[what as keyof typeof is])}, was ${JSON.stringify(value)}`;
  }
}

const shapeOf = (jobs: Jobs) => ({
  order: jobs.order,
  epoch: jobs.epoch,
  newest: [...jobs.newestFirst()].map(({ id }) => id),
  over: [jobs.failed, jobs.done].map((over) => [...over.values()].map(({ sinceMs }) => sinceMs)),
  attempts: [...jobs.all.keys()].sort().map((id) => [id, ...jobs.attemptsOf(id).map((attempt) => attempt.id)]),
  live: [...jobs.live()].map(({ id }) => id).sort(),
  queue: [...jobs.queue.lines].map((line) => [...line].map(({ id }) => id).join()).sort(),
  dependents: [...jobs.all.keys()].sort().map((id) => [...jobs.dependentsOf(id)].sort()),
});

const isLost = ({ state }: Attempt): boolean => state.kind === 'ended' && state.outcome === 'lost';
