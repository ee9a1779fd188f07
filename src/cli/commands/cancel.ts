/** `procguard cancel`; see jobs/job-targets.ts. */
import type { Command } from 'commander';
import { addForJobs } from '../jobs/job-targets';

export const addCancel = (program: Command): Command =>
  addForJobs(program, 'cancel', 'take jobs out of the queue, or stop them: ids, arrays, or a filter')
    .option('--why <text>', 'for whoever finds it so')
    .addHelpText(
      'after',
      `
Examples:
  procguard cancel j_k3v7                    one job; its whole tree is stopped with grace
  procguard cancel sweep                     all jobs of the array called sweep
  procguard cancel owner=alice state=queued  what alice has in the queue`,
    );
