/** What happens, and when: made from a seed alone, so that the same seed is the same schedule. */
import type { Cast, Part } from './cast';
import { deedInWords, type Act, type Setting } from './deeds';
import { Random } from '../../harness/random';
import type { PlannedJob } from './jobs';
import { ROWS, type Row, type RowName } from './rows';

export interface Schedule {
  readonly seed: number;
  readonly row: RowName;
  readonly cast: Cast;
  readonly setting: Setting;
  readonly acts: readonly Act[];
  /** Processes that are defined while it goes on. */
  readonly guests: readonly Part[];
  readonly jobs: readonly PlannedJob[];
}

const ROW_NAMES = Object.keys(ROWS) as RowName[];

/** So many are soon done. */
const JOBS = 60;

/**
 * @param only this row; default: rows take turns, so that every one is reached in as many seeds
 * @param count of jobs, in the row of jobs
 */
export function scheduleOf(seed: number, only?: RowName, count = JOBS): Schedule {
  const row = only ?? ROW_NAMES[seed % ROW_NAMES.length] ?? 'kills';
  const made: ReturnType<Row['make']> = ROWS[row].make(new Random(seed), count);
  const { cast, setting, acts, jobs = [] } = made;
  const inOrder = [...acts].sort((a, b) => a.atMs - b.atMs);
  const guests = inOrder.flatMap(({ deed }) => (deed.kind === 'define' ? [deed.part] : []));
  return { seed, row, cast, setting, acts: inOrder, guests, jobs };
}

/** One line per act. */
export const scheduleInWords = ({ seed, row, cast, acts }: Schedule): string =>
  [
    `seed ${seed}, row ${row}, trees by ${cast.tree}`,
    ...cast.parts.map(({ worker, process }) => `  ${worker}/${process}`),
    ...acts.map(({ atMs, deed }) => `  ${String(atMs).padStart(5)} ms  ${deedInWords(deed)}`),
  ].join('\n');
