/** `procguard retry`; see jobs/job-targets.ts. */
import type { Command } from 'commander';
import { addForJobs } from '../jobs/job-targets';

export const addRetry = (program: Command): Command =>
  addForJobs(program, 'retry', 'failed or cancelled jobs go back to the queue, with their whole budget of retries')
    .option('--dead', 'those that failed for good; filters narrow it')
    .addHelpText(
      'after',
      `
Examples:
  procguard retry j_k3v7
  procguard retry --dead --dry-run
  procguard retry --dead team=nlp queue=night`,
    );
