/**
 * `npm run long-partition -- [--shorter N] [--line cable|relay]`
 *
 * A job of 30 minutes, a partition of 10 minutes in its middle, default settings: takes half an hour. With `--shorter 60` the
 * same in half a minute, the lease shortened alike. Exit code 1 when anything did not hold.
 */
import { parseArgs } from 'node:util';
import buildOnce from '../../harness/build-once';
import { MAKES, whyNoLine, type Make } from './line-to-manager';
import { playLongPartition } from './play';
import { REAL, shortened } from './scene';

const { values } = parseArgs({
  options: { shorter: { type: 'string', default: '1' }, line: { type: 'string', default: REAL.make } },
});

async function main(): Promise<void> {
  const by = Number(values.shorter);
  if (!(by >= 1)) throw new Error(`--shorter ${values.shorter}: must be a number, 1 or more`);
  const make = values.line as Make;
  if (!MAKES.includes(make)) throw new Error(`--line ${make}: known are ${MAKES.join(', ')}`);
  const obstacle = whyNoLine(make);
  if (obstacle !== null) throw new Error(`--line ${make}: ${obstacle}; --line relay needs nothing`);
  await buildOnce();
  const { checks, violations } = await playLongPartition(shortened({ ...REAL, make }, by), (line) => console.log(line));
  for (const { promise, what } of violations) console.log(`BROKEN: ${promise}\n  ${what}`);
  const made = [...checks.values()].reduce((sum, count) => sum + count, 0);
  console.log(violations.length === 0 ? `held: ${made} checks` : `${violations.length} of ${made} checks BROKEN`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}

void main();
