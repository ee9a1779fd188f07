/** The score of many seeds: faults done, checks made, what did not hold, for each row of the matrix. */
import type { Outcome } from './run-seed';
import { ROWS, type RowName } from './plan/rows';
import { scheduleInWords, type Schedule } from './plan/schedule';

interface RowScore {
  seeds: number;
  deeds: number;
  checks: number;
  violations: number;
}

export class Score {
  readonly #rows = new Map<RowName, RowScore>();
  readonly #checks = new Map<string, { made: number; failed: number }>();
  readonly #deeds = new Map<string, number>();
  readonly #skipped = new Map<RowName, string>();
  readonly #remarks = new Map<string, number>();
  violations = 0;

  add({ row }: Schedule, { verdict, deeds }: Outcome): void {
    const score = this.#rows.get(row) ?? { seeds: 0, deeds: 0, checks: 0, violations: 0 };
    score.seeds += 1;
    score.violations += verdict.violations.length;
    this.violations += verdict.violations.length;
    for (const [deed, count] of deeds) {
      score.deeds += count;
      this.#deeds.set(deed, (this.#deeds.get(deed) ?? 0) + count);
    }
    for (const [promise, made] of verdict.checks) {
      score.checks += made;
      const failed = verdict.violations.filter((violation) => violation.promise === promise).length;
      const before = this.#checks.get(promise) ?? { made: 0, failed: 0 };
      this.#checks.set(promise, { made: before.made + made, failed: before.failed + failed });
    }
    for (const remark of verdict.remarks) this.#remarks.set(remark, (this.#remarks.get(remark) ?? 0) + 1);
    this.#rows.set(row, score);
  }

  skip(row: RowName, why: string): void {
    this.#skipped.set(row, why);
  }

  get text(): string {
    const rows = [...this.#rows].map(
      ([row, { seeds, deeds, checks, violations }]) =>
        `  ${ROWS[row].title.padEnd(82)} ${cell(seeds)} ${cell(deeds)} ${cell(checks)} ${cell(violations)}`,
    );
    return [
      `  ${'row'.padEnd(82)} ${cell('seeds')} ${cell('deeds')} ${cell('checks')} ${cell('broken')}`,
      ...rows.sort(),
      ...[...this.#skipped].map(([row, why]) => `  ${ROWS[row].title}: not reached here, ${why}`),
      '',
      ...[...this.#checks].map(
        ([promise, { made, failed }]) => `  ${promise.padEnd(60)} ${cell(made)} checks ${cell(failed)} broken`,
      ),
      '',
      `  deeds: ${[...this.#deeds].map(([deed, count]) => `${count} ${deed}`).join(', ')}`,
      ...[...this.#remarks].map(([remark, count]) => `  ${count} times: ${remark}`),
    ].join('\n');
  }
}

const cell = (value: number | string): string => String(value).padStart(6);

/** What is needed to understand a violation, and to see it again. */
export const reportOf = (schedule: Schedule, { verdict, chronicle }: Outcome): string =>
  [
    ...verdict.violations.map(({ promise, what }) => `BROKEN: ${promise}\n  ${what}`),
    scheduleInWords(schedule),
    'as it happened:',
    ...chronicle.map((line) => `  ${line}`),
    `again: npm run chaos -- --seed ${schedule.seed} --row ${schedule.row}${ofJobs(schedule)}`,
  ].join('\n');

const ofJobs = ({ jobs }: Schedule): string => (jobs.length === 0 ? '' : ` --jobs ${jobs.length}`);
