/** The scene of the long partition in seconds; `npm run long-partition` plays it in its real length. */
import { MAKES, whyNoLine } from './long-partition/line-to-manager';
import { playLongPartition } from './long-partition/play';
import { REAL, shortened } from './long-partition/scene';

/** Trust of eighteen seconds: a machine that is busy for some of them ends no lease. */
const SHORTER = 100;

test.each(MAKES)(
  'a job outlives a partition shorter than its lease, by %s',
  async (make) => {
    const obstacle = whyNoLine(make);
    if (obstacle !== null) return void console.warn(`SKIPPED: a long partition by ${make}: ${obstacle}`);
    const told: string[] = [];
    const { violations } = await playLongPartition(shortened({ ...REAL, make }, SHORTER), (line) => told.push(line));
    if (violations.length > 0)
      throw new Error([...violations.map(({ promise, what }) => `${promise}: ${what}`), ...told].join('\n'));
  },
  300_000,
);
