/** The jobs of a seed, when each is submitted, and how it is to end. */
import type { Random } from '../../harness/random';

export interface PlannedJob {
  readonly id: string;
  readonly lifeMs: number;
  /** 0: it completes, however often it is tried. FAILS: it fails, and is not tried again. */
  readonly code: 0 | typeof FAILS;
  /** The first of its tries that comes to its end fails, and is followed by another. */
  readonly stumbles: boolean;
  /** Hears no SIGTERM. */
  readonly isStubborn: boolean;
  /** Somebody cancels it so long after it was submitted; null = nobody. */
  readonly cancelAfterMs: number | null;
  readonly gpus: number;
}
export const FAILS = 7;
/** With which a try fails that is followed by another (witness/job.pl). */
export const STUMBLE = 9;
export const STUMBLE_DELAY_MS = 300;

/** Jobs that are submitted together, by one request. */
export interface Submission {
  readonly atMs: number;
  readonly jobs: readonly PlannedJob[];
}

/** How the jobs of a seed are, by how many there are. */
export interface Crowd {
  readonly count: number;
  /** Shorter than the longest partitions of the row, so that leases do end. */
  readonly trustMs: number;
  /** This share outlives a lease in a long partition, and would run on beside its next attempt if nobody ended it. */
  readonly longShare: number;
}
/** A device is handed on once it was seen empty, and is looked at each five seconds: so few can be used by turns. */
const GPU_JOBS_MAX = 400;
const TOGETHER_MAX = 200;

/** @param spanMs within which they are submitted: by hundreds, and one by one */
export function submissionsOf(random: Random, crowd: Crowd, spanMs: number): Submission[] {
  const jobs = jobsOf(random, crowd);
  const submissions: Submission[] = [];
  for (let at = 0; at < jobs.length;) {
    const together = random.chance(0.2) ? random.between(2, TOGETHER_MAX) : 1;
    const atMs = Math.round((at / jobs.length) * spanMs);
    submissions.push({ atMs, jobs: jobs.slice(at, at + together) });
    at += together;
  }
  return submissions;
}

const jobsOf = (random: Random, { count, trustMs, longShare }: Crowd): PlannedJob[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `c${i}`,
    lifeMs: random.chance(longShare) ? random.between(trustMs, 4 * trustMs) : random.between(0, 200),
    code: random.chance(0.1) ? FAILS : 0,
    stumbles: random.chance(0.05),
    isStubborn: random.chance(0.3),
    cancelAfterMs: random.chance(0.1) ? random.between(0, 3_000) : null,
    gpus: random.chance(Math.min(0.2, GPU_JOBS_MAX / count)) ? random.between(1, 2) : 0,
  }));
