/** Counts what was checked, and keeps what was not so. */

export const PLEDGES = [
  'never two copies',
  'a verified stop leaves nothing',
  'every line is stored once and in order',
  'exit codes are true, or unknown where nobody can know',
  'what is wanted comes to be so',
  'what was stopped stays stopped',
  'no signal to a stranger',
  'what was told to run was born',
  'nothing is left behind',
  'memory stays bounded',
  'no program of ours ends by itself',
  'every job ends, once',
  'no result is made up, and none is lost',
  'slots and devices come back',
  'a device is given on when it was seen empty',
  'no result counts twice',
  'no attempt outlives its lease',
  'the partition was one',
  'unknown is not dead',
  'the same process all the time',
  'it ran on meanwhile',
] as const;
export type Pledge = (typeof PLEDGES)[number];

export interface Violation {
  readonly promise: Pledge;
  readonly what: string;
}

export class Verdict {
  readonly checks = new Map<Pledge, number>();
  readonly violations: Violation[] = [];
  /** Things worth telling that break no promise. */
  readonly remarks: string[] = [];

  check(promise: Pledge, holds: boolean, what: () => string): void {
    this.checks.set(promise, (this.checks.get(promise) ?? 0) + 1);
    if (!holds) this.violations.push({ promise, what: what() });
  }

  remark(what: string): void {
    this.remarks.push(what);
  }
}
