/**
 * Jobs that wait for room. Those that differ in nothing that placing looks at stand in one line, so that matching costs
 * as many looks as there are lines, however long each is.
 */
import type { JobId } from '../../../protocol/jobs';
import type { Job } from './rows';

/** Where a job stands. One that left, was forgotten and came anew under its name has an entry of before, with another order. */
export interface Place {
  readonly line: Line;
  readonly order: number;
}

/** Jobs of one kind in the order of their submission. Only its first can be next. */
export class Line {
  readonly #jobs: Job[] = [];
  #head = 0;
  #gone = 0;
  readonly #members: Map<JobId, Place>;

  constructor(
    readonly key: string,
    members: Map<JobId, Place>,
  ) {
    this.#members = members;
  }

  /** Not counting those that left. */
  get length(): number {
    return this.#jobs.length - this.#head - this.#gone;
  }

  get first(): Job | null {
    for (;;) {
      const job = this.#jobs[this.#head];
      if (job === undefined) return null;
      if (this.#holds(job)) return job;
      this.#head += 1;
      this.#gone -= 1;
      this.#dropTaken();
    }
  }

  /** First to last. */
  *[Symbol.iterator](): Generator<Job> {
    // Those that left at its head are passed for good: a long line is not looked through again for each that is taken.
    if (this.first === null) return;
    for (let at = this.#head; at < this.#jobs.length; at++) {
      const job = this.#jobs[at];
      if (job !== undefined && this.#holds(job)) yield job;
    }
  }

  add(job: Job): void {
    this.#members.set(job.id, { line: this, order: job.order });
    const last = this.#jobs.at(-1);
    if (last === undefined || last.order < job.order) {
      this.#jobs.push(job);
      return;
    }
    // One that was there before (a retry, a preempted job) keeps its place.
    let [low, high] = [this.#head, this.#jobs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#jobs[middle]?.order ?? Infinity) < job.order) low = middle + 1;
      else high = middle;
    }
    const there = this.#jobs[low];
    if (there?.id === job.id) {
      // It left and came back before its place was cleared.
      this.#jobs[low] = job;
      this.#gone -= 1;
    } else this.#jobs.splice(low, 0, job);
  }

  remove(id: JobId): void {
    this.#members.delete(id);
    this.#gone += 1;
  }

  /** Now and then, so that taking from a long line costs nothing. */
  #dropTaken(): void {
    if (this.#head < 1024 || this.#head * 2 < this.#jobs.length) return;
    this.#jobs.splice(0, this.#head);
    this.#head = 0;
  }

  #holds(job: Job): boolean {
    const place = this.#members.get(job.id);
    return place?.line === this && place.order === job.order;
  }
}

export class Queue {
  readonly #lines = new Map<string, Line>();
  readonly #members = new Map<JobId, Place>();
  #counted: readonly string[] = [];
  /** Most of a submission stand where the one before them does. */
  #newest: { readonly job: Job; readonly line: Line } | null = null;

  get length(): number {
    return this.#members.size;
  }

  /** Labels by which jobs are limited or take turns: the others make no line of their own. */
  countLabels(names: ReadonlySet<string>): void {
    if (names.size === this.#counted.length && this.#counted.every((name) => names.has(name))) return;
    const jobs = [...this.#lines.values()].flatMap((line) => [...line]).sort((a, b) => a.order - b.order);
    this.#counted = [...names];
    this.#newest = null;
    this.#lines.clear();
    this.#members.clear();
    for (const job of jobs) this.add(job);
  }

  /** How many lines there are. */
  get kinds(): number {
    return this.#lines.size;
  }

  get lines(): Iterable<Line> {
    return this.#lines.values();
  }

  lineOf(id: JobId): Line | null {
    return this.#members.get(id)?.line ?? null;
  }

  add(job: Job): void {
    this.remove(job.id);
    const line = this.#lineFor(job);
    line.add(job);
    this.#newest = { job, line };
  }

  #lineFor(job: Job): Line {
    if (this.#newest !== null && isPlainlyAlike(job, this.#newest.job)) return this.#newest.line;
    const key = this.#kindOf(job);
    let line = this.#lines.get(key);
    if (line === undefined) this.#lines.set(key, (line = new Line(key, this.#members)));
    return line;
  }

  remove(id: JobId): void {
    const line = this.lineOf(id);
    if (line === null) return;
    line.remove(id);
    if (line.length > 0) return;
    this.#lines.delete(line.key);
    if (this.#newest?.line === line) this.#newest = null;
  }

  /** Everything that placing looks at, and nothing else. */
  #kindOf({ spec, owner }: Job): string {
    const labels = this.#counted.map((name) => spec.labels[name] ?? null);
    const { priority, queue, array, preemptible, container, needs } = spec;
    return JSON.stringify([priority, owner, queue, labels, array?.id ?? null, preemptible, container !== null, needs]);
  }
}

/** Of one kind, by a look that goes no deeper than what jobs share. Others may be so too. */
const isPlainlyAlike = ({ spec: a, owner }: Job, { spec: b, owner: other }: Job): boolean =>
  a.needs === b.needs &&
  a.labels === b.labels &&
  a.priority === b.priority &&
  a.queue === b.queue &&
  owner === other &&
  a.array?.id === b.array?.id &&
  a.preemptible === b.preemptible &&
  (a.container === null) === (b.container === null);
