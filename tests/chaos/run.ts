/**
 * `npm run chaos -- --seed N --minutes M [--row NAME] [--jobs J] [--seeds K] [--programs DIRECTORY] [--findings DIRECTORY]
 *  [--verbose]`
 *
 * Real managers, launchers and children through the fault matrix, one seed after the other from N on, until the minutes
 * are over. Exit code 1 when anything did not hold.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import buildOnce from '../harness/build-once';
import { ROWS, type RowName } from './plan/rows';
import { scheduleOf } from './plan/schedule';
import { reportOf, Score } from './score';
import { runSeed, whyNotPerformed } from './run-seed';
import { copyPrograms } from './stage/program-files';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    seeds: { type: 'string' },
    row: { type: 'string' },
    /** How many, in the row of jobs. */
    jobs: { type: 'string' },
    /** Tells also what happened in seeds that held. */
    verbose: { type: 'boolean', default: false },
    /** A directory of bundles; default: dist, built when a source is newer. */
    programs: { type: 'string' },
    /** Gets, of a seed that broke something, the report and what our programs printed: SEED-ROW.txt. */
    findings: { type: 'string', default: '.cache/chaos' },
  },
});

async function main(): Promise<void> {
  const first = Number(values.seed);
  const row = values.row as RowName | undefined;
  if (row !== undefined && !(row in ROWS)) throw new Error(`--row ${row}: known are ${Object.keys(ROWS).join(', ')}`);
  const count = Number(values.seeds ?? (values.minutes === undefined ? 1 : Infinity));
  const endsAt = performance.now() + Number(values.minutes ?? Infinity) * 60_000;
  if (values.programs === undefined) await buildOnce();
  const files = copyPrograms(values.programs);
  const score = new Score();
  // The seed under way is played to its end: it alone knows what it made.
  let isOver = false;
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (isOver = true));
  try {
    for (let seed = first; seed < first + count && performance.now() < endsAt && !isOver; seed++) {
      const schedule = scheduleOf(seed, row, values.jobs === undefined ? undefined : Number(values.jobs));
      const obstacle = whyNotPerformed(schedule);
      if (obstacle !== null) {
        score.skip(schedule.row, obstacle);
        continue;
      }
      const outcome = await runSeed(schedule, files);
      score.add(schedule, outcome);
      const broken = outcome.verdict.violations.length;
      console.log(
        `seed ${seed} ${schedule.row.padEnd(10)} ${(outcome.tookMs / 1000).toFixed(1)} s  ${broken === 0 ? 'held' : `${broken} BROKEN`}`,
      );
      for (const figure of outcome.figures) console.log(`  ${figure}`);
      const report = reportOf(schedule, outcome);
      if (broken > 0 || values.verbose) console.log(report);
      if (broken > 0) keep(join(values.findings, `${seed}-${schedule.row}.txt`), `${report}\n\n${outcome.outputs}`);
    }
  } finally {
    files.remove();
  }
  console.log(`\n${score.text}`);
  process.exitCode = score.violations > 0 ? 1 : 0;
}

/** What shows once in many runs is worth nothing when its details scrolled away. */
function keep(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`kept in ${file}`);
}

void main();
