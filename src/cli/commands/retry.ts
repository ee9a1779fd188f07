/** `procguard retry`; see jobs/job-targets.ts. */
import type { Command } from 'commander';
import { addForJobs } from '../jobs/job-targets';

export const addRetry = (program: Command): Command =>
  addForJobs(
    program,
    'retry',
    'failed or cancelled jobs go back to the queue, with their whole budget of retries',
  ).addHelpText(
    'after',
    `
Examples:
  procguard retry j_k3v7
  procguard retry state=failed queue=night --dry-run`,
  );
