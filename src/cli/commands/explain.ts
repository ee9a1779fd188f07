/** `procguard explain`: why a process, a worker or a job is as it is, and what happens next. */
import type { Command } from 'commander';
import type { JobExplanation } from '../../../protocol/job-explain';
import type { Explanation } from '../../../protocol/views';
import { act, type Context } from '../context';
import { EXIT, isNotFound, type Exit } from '../exit';
import { readNowMs } from '../fleet';
import { findJob, jobPath } from '../jobs/find-job';
import { explanationText } from '../print/explanation-text';
import { jobExplanationText } from '../print/job-explanation-text';

interface ExplainFlags {
  readonly node?: boolean;
}

export const addExplain = (program: Command): Command =>
  program
    .command('explain <target>')
    .description('why a process, a worker or a job is as it is: cause, evidence, what happens next')
    .option('--node', 'the worker of that name, and not its process')
    .action(act((context: Context, target: string, flags: ExplainFlags) => explain(context, target, flags)));

async function explain(context: Context, target: string, { node }: ExplainFlags): Promise<Exit> {
  const { client, format, print, paint } = context;
  const [explanation, nowMs] = await Promise.all([explanationOf(context, target, node ?? false), readNowMs(client)]);
  const isOfJob = 'job_id' in explanation;
  if (format === 'json') print([JSON.stringify(explanation, null, 2)]);
  else if (format === 'jsonl') print([JSON.stringify(explanation)]);
  else if (format === 'name')
    print([isOfJob ? (explanation.reasons[0]?.code ?? explanation.state) : explanation.cause_kind]);
  else print(isOfJob ? jobExplanationText(explanation, paint) : explanationText(explanation, nowMs, paint));
  return EXIT.ok;
}

/** A job's where no process and no worker is called so. */
async function explanationOf(
  { client }: Context,
  target: string,
  isNode: boolean,
): Promise<Explanation | JobExplanation> {
  try {
    return await client.get<Explanation>(`/api/explain/${encodeURIComponent(target)}`, isNode ? { node: 1 } : {});
  } catch (error) {
    if (!isNotFound(error) || isNode) throw error;
    // Whoever meant a process hears of processes: its refusal names the nearest.
    const job = await findJob(client, target).catch((why: unknown) => Promise.reject(isNotFound(why) ? error : why));
    return client.get<JobExplanation>(jobPath(job.job_id, '/explain'));
  }
}
