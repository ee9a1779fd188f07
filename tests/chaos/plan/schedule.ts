/** What happens, and when: made from a seed alone, so that the same seed is the same schedule. */
import type { Cast, Part } from './cast';
import { deedInWords, type Act, type Setting } from './deeds';
import { Random } from '../../harness/random';
import type { PlannedJob, Submission } from './jobs';
import { ROWS, type Row, type RowName } from './rows';

export interface Schedule {
  readonly seed: number;
  readonly row: RowName;
  readonly cast: Cast;
  readonly setting: Setting;
  readonly acts: readonly Act[];
  /** Processes that are defined while it goes on. */
  readonly guests: readonly Part[];
  readonly submissions: readonly Submission[];
  /** Of all of them. */
  readonly jobs: readonly PlannedJob[];
  /** How long a silent worker is trusted with a job. */
  readonly trustMs: number;
}

const ROW_NAMES = Object.keys(ROWS) as RowName[];

/** So many are soon done. */
const JOBS = 150;

/**
 * @param only this row; default: rows take turns, so that every one is reached in as many seeds
 * @param count of jobs, in the row of jobs
 */
export function scheduleOf(seed: number, only?: RowName, count = JOBS): Schedule {
  const row = only ?? ROW_NAMES[seed % ROW_NAMES.length] ?? 'kills';
  const made: ReturnType<Row['make']> = ROWS[row].make(new Random(seed), count);
  const { cast, setting, acts, submissions = [], trustMs = 0 } = made;
  const inOrder = [...acts].sort((a, b) => a.atMs - b.atMs);
  const guests = inOrder.flatMap(({ deed }) => (deed.kind === 'define' ? [deed.part] : []));
  const jobs = submissions.flatMap((submission) => submission.jobs);
  return { seed, row, cast, setting, acts: inOrder, guests, submissions, jobs, trustMs };
}

/** One line per act. */
export const scheduleInWords = ({ seed, row, cast, acts }: Schedule): string =>
  [
    `seed ${seed}, row ${row}, trees by ${cast.tree}`,
    ...cast.parts.map(({ worker, process }) => `  ${worker}/${process}`),
    ...acts.map(({ atMs, deed }) => `  ${String(atMs).padStart(5)} ms  ${deedInWords(deed)}`),
  ].join('\n');
