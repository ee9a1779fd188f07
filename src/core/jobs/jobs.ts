/** The rows of jobs, with what finds them by what is asked of them. Part of the model; changed by facts alone. */
import type { WorkerId } from '../../../protocol/ids';
import type { AttemptId, JobId } from '../../../protocol/jobs';
import { DueHeap } from './due-heap';
import { Members } from './members';
import { Queue } from './queue';
import { Roster } from './roster';
import { isLive, isOver, queueEndsAtMs, type Attempt, type Job } from './rows';
import { labelIn, scopesOf } from './scopes';
import { Tally } from './tally';
import { Vacancies } from './vacancies';

export type Due =
  | { readonly kind: 'job'; readonly id: JobId }
  | { readonly kind: 'lease'; readonly id: AttemptId }
  /** Its worker may be well again. */
  | { readonly kind: 'trouble'; readonly id: WorkerId }
  /** Its end was not told, and is waited for no longer. */
  | { readonly kind: 'late end'; readonly id: AttemptId };

export class Jobs {
  readonly #jobs = new Map<JobId, Job>();
  readonly #attempts = new Map<AttemptId, Attempt>();
  readonly #attemptsOf = new Map<JobId, AttemptId[]>();
  readonly #liveOf = new Map<WorkerId, Map<AttemptId, Attempt>>();
  readonly #dependents = new Members<JobId, JobId>();
  readonly #byKey = new Map<string, JobId>();
  /** With live attempts, by scope and by priority. */
  readonly #active = new Tally<string>();
  readonly #priorities = new Tally<number>();
  /** Not over, by queue and by owner. */
  readonly #ofQueue = new Tally<string>();
  readonly #ofOwner = new Tally<string>();
  /** By array: its jobs. */
  readonly #ofArray = new Members<string, JobId>();
  /** By schedule: its jobs that are not over. */
  readonly #openOf = new Members<string, JobId>();
  /** In the order in which they ended: those that failed for good, and the others. They are kept apart. */
  readonly #failed = new Map<JobId, Job>();
  readonly #done = new Map<JobId, Job>();
  /** As people set them; what the configuration says of a scope holds before it. */
  readonly #limits = new Map<string, number>();
  #fixedLimits: ReadonlyMap<string, number> = new Map();
  #limitsInForce: ReadonlyMap<string, number> = new Map();
  readonly #counts = new Tally<Job['state']['kind']>();
  readonly #roster = new Roster();
  #shareLabel: string | null = null;
  readonly queue = new Queue();
  readonly due = new DueHeap<Due>();
  readonly vacancies = new Vacancies();
  /** Workers that could not begin a job a moment ago, and until when that counts (trouble.ts). */
  readonly troubledUntilMs = new Map<WorkerId, number>();
  /** Attempts whose end is about to be told although they were given up, and until when that is waited for (late-ends.ts). */
  readonly endAwaitedUntilMs = new Map<AttemptId, number>();
  /** When each live attempt was heard of last; a renewal is no fact, and costs no write. */
  readonly renewedAtMs = new Map<AttemptId, number>();
  /** By `worker/index`: when one of ours gave the device back. It is free when it was seen empty after that. */
  readonly gpuGivenBackAtMs = new Map<string, number>();
  /** Something happened that may let a job be placed. */
  mayMatch = true;
  /** Something ended: there may be more than are remembered. */
  mayForget = false;
  /** Last number given to a job's place, and to an attempt. Only rise. */
  order = 0;
  #epoch = 0;
  #outputChars = 0;

  get epoch(): number {
    return this.#epoch;
  }
  get all(): ReadonlyMap<JobId, Job> {
    return this.#jobs;
  }
  get attempts(): ReadonlyMap<AttemptId, Attempt> {
    return this.#attempts;
  }
  get failed(): ReadonlyMap<JobId, Job> {
    return this.#failed;
  }
  /** Completed or cancelled. */
  get done(): ReadonlyMap<JobId, Job> {
    return this.#done;
  }
  get limits(): ReadonlyMap<string, number> {
    return this.#limitsInForce;
  }

  isOver(id: JobId): boolean {
    return this.#failed.has(id) || this.#done.has(id);
  }
  /** Of the outputs that attempts have with them, together: so much of the memory. */
  get outputChars(): number {
    return this.#outputChars;
  }
  /** How many are not over. */
  get liveCount(): number {
    return this.#jobs.size - this.#failed.size - this.#done.size;
  }
  /** How many are in a state. */
  count(kind: Job['state']['kind']): number {
    return this.#counts.of(kind);
  }
  /** How many are not over, by what they are in and by whose they are. */
  get ofQueue(): ReadonlyMap<string, number> {
    return this.#ofQueue.all;
  }
  get ofOwner(): ReadonlyMap<string, number> {
    return this.#ofOwner.all;
  }
  /** The priority of the least urgent job with live attempts; null = there is none. */
  get leastUrgentActive(): number | null {
    let least: number | null = null;
    for (const priority of this.#priorities.all.keys()) if (least === null || priority > least) least = priority;
    return least;
  }
  /** @param before only those that were submitted earlier, by their order */
  *newestFirst(before?: number): Generator<Job> {
    for (const id of this.#roster.newestFirst(before)) {
      const job = this.#jobs.get(id);
      if (job !== undefined) yield job;
    }
  }
  /** Attempts that are not over. */
  *live(): Generator<Attempt> {
    for (const own of this.#liveOf.values()) yield* own.values();
  }

  job(id: string): Job | null {
    return this.#jobs.get(id as JobId) ?? null;
  }
  attempt(id: string): Attempt | null {
    return this.#attempts.get(id as AttemptId) ?? null;
  }
  byKey(key: string): Job | null {
    const id = this.#byKey.get(key);
    return id === undefined ? null : this.job(id);
  }
  /** Oldest first. */
  attemptsOf(job: JobId): Attempt[] {
    return (this.#attemptsOf.get(job) ?? []).flatMap((id) => this.#attempts.get(id) ?? []);
  }
  /** How many there were. */
  countOf(job: JobId): number {
    return this.#attemptsOf.get(job)?.length ?? 0;
  }
  /** Of its present round; empty when it is not active. */
  liveOf(job: JobId): Attempt[] {
    return this.attemptsOf(job).filter(isLive);
  }
  /** Live ones. */
  on(worker: WorkerId): Iterable<Attempt> {
    return this.#liveOf.get(worker)?.values() ?? [];
  }
  countOn(worker: WorkerId): number {
    return this.#liveOf.get(worker)?.size ?? 0;
  }
  /** Jobs that are being stopped so that this one can run. */
  makingRoomFor(job: JobId): JobId[] {
    const found: JobId[] = [];
    for (const live of this.#liveOf.values())
      for (const { job: victim, stop } of live.values()) if (stop?.forJob === job) found.push(victim);
    return found;
  }
  dependentsOf(job: JobId): Iterable<JobId> {
    return this.#dependents.of(job);
  }
  /** Empty = no array of this name is remembered. */
  ofArray(array: string): ReadonlySet<JobId> {
    return this.#ofArray.of(array);
  }
  /** Jobs of a schedule that are not over. */
  openOf(schedule: string): Iterable<JobId> {
    return this.#openOf.of(schedule);
  }
  /** Jobs with live attempts in this scope (scopes.ts). */
  activeIn(scope: string): number {
    return this.#active.of(scope);
  }

  setJob(job: Job): void {
    const before = this.#jobs.get(job.id);
    if (before !== undefined) this.#leave(before);
    else {
      this.#roster.add(job.order, job.id);
      if (job.spec.array !== null) this.#ofArray.add(job.spec.array.id, job.id);
    }
    this.#jobs.set(job.id, job);
    this.#counts.add(job.state.kind, 1);
    this.#countOpen(before, job);
    this.order = Math.max(this.order, job.order);
    if (job.key !== null) this.#byKey.set(job.key, job.id);
    if (job.schedule !== undefined)
      if (isOver(job)) this.#openOf.remove(job.schedule.name, job.id);
      else this.#openOf.add(job.schedule.name, job.id);
    // It may have been what others had to leave room for.
    if (before?.state.kind === 'queued' && job.state.kind !== 'active') this.mayMatch = true;
    switch (job.state.kind) {
      case 'queued':
        this.queue.add(job);
        this.mayMatch = true;
        this.#queueEnds(job);
        return;
      case 'waiting':
        if (job.state.untilMs !== null) this.due.add(job.state.untilMs, { kind: 'job', id: job.id });
        this.#queueEnds(job);
        for (const other of job.spec.after) this.#dependents.add(other, job.id);
        return;
      case 'active':
        this.#count(job, 1);
        return;
      default:
        (job.state.kind === 'failed' ? this.#failed : this.#done).set(job.id, job);
        this.mayForget = true;
    }
  }

  /** This number was given to an attempt, by whomever: it is not given again. */
  raiseEpoch(given: number): void {
    this.#epoch = Math.max(this.#epoch, given);
  }

  setAttempt(attempt: Attempt): void {
    const before = this.#attempts.get(attempt.id);
    this.#attempts.set(attempt.id, attempt);
    this.#outputChars += outputCharsOf(attempt) - outputCharsOf(before);
    this.raiseEpoch(attempt.epoch);
    if (before === undefined) {
      const own = this.#attemptsOf.get(attempt.job);
      if (own === undefined) this.#attemptsOf.set(attempt.job, [attempt.id]);
      else own.push(attempt.id);
    }
    this.vacancies.stir(attempt.worker);
    let live = this.#liveOf.get(attempt.worker);
    if (isLive(attempt)) {
      if (live === undefined) this.#liveOf.set(attempt.worker, (live = new Map<AttemptId, Attempt>()));
      live.set(attempt.id, attempt);
      if (before === undefined) this.lease(attempt, attempt.assignedAtMs);
      return;
    }
    this.renewedAtMs.delete(attempt.id);
    live?.delete(attempt.id);
    if (live?.size === 0) this.#liveOf.delete(attempt.worker);
    if (attempt.state.kind === 'ended' && (before === undefined || isLive(before)))
      for (const { index } of attempt.gpus) this.gpuGivenBackAtMs.set(`${attempt.worker}/${index}`, attempt.state.atMs);
    this.mayMatch = true;
  }

  /** Counts its lease from now: it was assigned, or everything was loaded again. */
  lease(attempt: Attempt, nowMs: number): void {
    this.renewedAtMs.set(attempt.id, nowMs);
    this.due.add(nowMs + attempt.leaseMs, { kind: 'lease', id: attempt.id });
  }

  setLimit(scope: string, max: number | null): void {
    if (max === null) this.#limits.delete(scope);
    else this.#limits.set(scope, max);
    this.#limitsChanged();
  }

  /** Those of the configuration. */
  fixLimits(limits: ReadonlyMap<string, number>): void {
    this.#fixedLimits = limits;
    this.#limitsChanged();
  }

  #limitsChanged(): void {
    this.#limitsInForce = new Map([...this.#limits, ...this.#fixedLimits]);
    this.#countLabels();
    this.mayMatch = true;
  }

  /** `user`, or the label of jobs by which they take turns. */
  shareBy(word: string): void {
    this.#shareLabel = word === 'user' ? null : word;
    this.#countLabels();
  }

  #countLabels(): void {
    const limited = [...this.#limitsInForce.keys()].flatMap((scope) => labelIn(scope) ?? []);
    this.queue.countLabels(new Set(this.#shareLabel === null ? limited : [...limited, this.#shareLabel]));
  }

  forget(id: JobId): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    this.#leave(job);
    this.#countOpen(job, undefined);
    this.#roster.remove(job.order);
    if (job.spec.array !== null) this.#ofArray.remove(job.spec.array.id, job.id);
    this.#jobs.delete(id);
    if (job.key !== null) this.#byKey.delete(job.key);
    for (const attempt of this.#attemptsOf.get(id) ?? []) {
      this.#outputChars -= outputCharsOf(this.#attempts.get(attempt));
      this.#attempts.delete(attempt);
    }
    this.#attemptsOf.delete(id);
    this.#dependents.forget(id);
  }

  #leave(job: Job): void {
    this.#counts.add(job.state.kind, -1);
    switch (job.state.kind) {
      case 'queued':
        return this.queue.remove(job.id);
      case 'waiting':
        for (const other of job.spec.after) this.#dependents.remove(other, job.id);
        return;
      case 'active':
        return this.#count(job, -1);
      default:
        this.#failed.delete(job.id);
        this.#done.delete(job.id);
    }
  }

  #queueEnds(job: Job): void {
    const atMs = queueEndsAtMs(job);
    if (atMs !== null) this.due.add(atMs, { kind: 'job', id: job.id });
  }

  #count(job: Job, by: 1 | -1): void {
    for (const scope of scopesOf(job)) this.#active.add(scope, by);
    this.#priorities.add(job.spec.priority, by);
  }

  #countOpen(before: Job | undefined, after: Job | undefined): void {
    const job = after ?? before;
    const by = isOpen(after) - isOpen(before);
    if (job === undefined || by === 0) return;
    this.#ofQueue.add(job.spec.queue, by);
    this.#ofOwner.add(job.owner, by);
  }
}

const outputCharsOf = (attempt: Attempt | undefined): number =>
  attempt?.output == null ? 0 : attempt.output.stdout.length + attempt.output.stderr.length;

const isOpen = (job: Job | undefined): number => Number(job !== undefined && !isOver(job));
