/** `procguard submit`: a command, or a named job, into the queue; with --wait or --logs as if it ran here. */
import { randomUUID } from 'node:crypto';
import { isAbsolute } from 'node:path';
import type { Command } from 'commander';
import type { JobBody, SubmitReply, TemplateSubmission } from '../../../protocol/jobs-http';
import { act, type Context, type Format } from '../context';
import { CliError, EXIT } from '../exit';
import { isInputUnread } from '../given-input';
import { awaitJob } from '../jobs/await-job';
import { awaitJobs } from '../jobs/await-jobs';
import { exitCodeOf } from '../jobs/job-end';
import { followAll } from '../jobs/job-output';
import { submitBody, templateBody, type JobFlags } from '../jobs/submit-body';
import { addSubmitFlags } from '../jobs/submit-flags';
import { isSchedule, scheduleBody, submitSchedule, type ScheduleFlags } from '../jobs/submit-schedule';
import { collectPairs } from '../pair-words';
import { jobLine } from '../print/job-table';

interface SubmitFlags extends JobFlags, ScheduleFlags {
  readonly template?: string;
  readonly key?: string;
  readonly wait?: boolean;
  readonly logs?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  procguard submit -- python train.py --lr 1e-3
  procguard submit --gpus 2 --gpu-type 'a100*' --retries 3 --timeout 12h -- torchrun train.py
  procguard submit --label zone=eu --after j_k3v7 'make report > report.txt'
  procguard submit --array 1-100%8 'python step.py $PROCGUARD_ARRAY_INDEX'
  procguard submit --sweep lr=1e-3,1e-4 --sweep seed=1,2 -- python train.py --lr {lr} --seed {seed}
  procguard submit --template train --set epochs=5 --gpus 2    a named job (procguard templates)
  procguard submit --schedule nightly --cron '0 3 * * *' --time-zone Europe/Berlin -- make report
  procguard submit --logs -- make test          its output, its exit code
  JOB=$(procguard submit -q -- make data)       its id; of an array the array's`;

export const addSubmit = (program: Command): Command =>
  addSubmitFlags(
    program
      .command('submit [command...]')
      .description('put a command into the queue: procguard submit [flags] -- command args...'),
  )
    .option(
      '--template <name>',
      'a named job; other flags are laid over it, further words are arguments behind its own',
    )
    .option('--set <name=value>', 'a parameter of the template; may be repeated', collectPairs('--set'), {})
    .option('--key <key>', 'two submissions with one key are one; default: another for each')
    .option('--wait', 'until it is over; its exit code is this program’s')
    .option('--logs', 'as --wait, and its output is this program’s')
    .option('--dry-run', 'print what would be sent, and do nothing')
    .option('--json', 'as -o json')
    .option('-q, --quiet', 'only the id, as -o name')
    .addHelpText('after', EXAMPLES)
    .action(act((context: Context, words: string[], flags: SubmitFlags) => submit(context, words, flags)));

async function submit(given: Context, words: string[], flags: SubmitFlags): Promise<number> {
  const context = { ...given, format: formatOf(given.format, flags) };
  if (flags.dir !== undefined && !isAbsolute(flags.dir))
    throw new CliError(
      EXIT.usage,
      `--dir ${flags.dir}: it is a directory of the worker's machine; give it from the root on`,
    );
  if (isSchedule(flags)) return schedule(context, words, flags);
  const body = { ...bodyOf(words, flags), key: flags.key ?? randomUUID() };
  if (flags.dryRun) {
    context.print([JSON.stringify({ ...body, key: flags.key }, null, 2)]);
    return EXIT.ok;
  }
  if (isInputUnread())
    context.note('stdin is not passed on: a job has none; what it is to read belongs into its command, or a file');
  const reply = await post(context, body);
  if (flags.logs && reply.jobs.length > 1)
    context.note('--logs is for one job; `procguard logs JOB -f` follows each of them');
  for (const warning of reply.warnings) context.note(context.paint(warning, 'yellow'));
  if (flags.wait || flags.logs) return attend(context, reply, flags);
  show(context, reply, false);
  return EXIT.ok;
}

async function schedule(context: Context, words: string[], flags: SubmitFlags): Promise<number> {
  if (flags.wait || flags.logs)
    throw new CliError(
      EXIT.usage,
      '--wait and --logs are for a job that is submitted now; `procguard schedule run` submits one',
    );
  if (flags.template !== undefined || words.length === 0)
    throw new CliError(
      EXIT.usage,
      'a schedule is told what to run: procguard submit --schedule NAME --cron EXPRESSION -- COMMAND',
    );
  const body = scheduleBody(flags, { ...submitBody(words, flags), key: flags.key });
  if (!flags.dryRun) return submitSchedule(context, body, flags.replace ?? false);
  context.print([JSON.stringify(body, null, 2)]);
  return EXIT.ok;
}

/** @throws CliError usage: nothing to run, or two things */
function bodyOf(words: readonly string[], flags: SubmitFlags): JobBody | TemplateSubmission {
  if (flags.template !== undefined) return templateBody(flags.template, words, flags);
  if (Object.keys(flags.set).length > 0) throw new CliError(EXIT.usage, '--set is for the parameters of a --template');
  if (words.length === 0)
    throw new CliError(EXIT.usage, 'nothing to run: procguard submit -- COMMAND, or --template NAME');
  return submitBody(words, flags);
}

const formatOf = (format: Format, { json, quiet }: SubmitFlags): Format => (quiet ? 'name' : json ? 'json' : format);

/** With a key a repeat is the same submission, so that a lost answer can be asked for again. */
async function post(
  { client }: Context,
  body: (JobBody | TemplateSubmission) & { readonly key: string },
): Promise<SubmitReply> {
  try {
    return await client.post<SubmitReply>('/api/jobs', body);
  } catch (error) {
    if (!(error instanceof CliError) || error.exit !== EXIT.unreachable) throw error;
    throw new CliError(
      error.exit,
      `${error.message}. If it was submitted nevertheless, the same with --key ${body.key} will not submit it twice`,
    );
  }
}

/** @param isAttended stdout is then for what comes: its output, its end */
function show({ format, print, note, paint }: Context, reply: SubmitReply, isAttended: boolean): void {
  const [first, ...others] = reply.jobs;
  if (format === 'json') print([JSON.stringify(reply, null, 2)]);
  else if (format === 'jsonl') print(reply.jobs.map((job) => JSON.stringify(job)));
  else if (format === 'name') print(isAttended ? [] : [reply.array_id ?? reply.job_id]);
  else if (first !== undefined) {
    const before = reply.place === null || reply.place === 0 ? '' : ` (${reply.place} before it)`;
    const many = others.length === 0 ? '' : `array ${reply.array_id ?? ''}, ${reply.jobs.length} jobs, the first is `;
    const known = first.is_new ? '' : ', submitted before with this key';
    (isAttended ? note : (line: string): void => print([line]))(`${many}${jobLine(first, paint)}${before}${known}`);
  }
}

async function attend(context: Context, reply: SubmitReply, { logs }: SubmitFlags): Promise<number> {
  const { jobs, array_id: array } = reply;
  const ids = jobs.map(({ job_id: id }) => id);
  const name = array ?? ids[0] ?? '';
  // It is in the queue, and does not belong to this program.
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => {
      context.note(`${name} goes on: \`procguard wait ${name}\` waits again, \`procguard cancel ${name}\` ends it`);
      process.exit(code);
    });
  // Signals are heard before its name is said, with which somebody may send one.
  show(context, reply, true);
  const [only] = ids;
  if (!logs || only === undefined || ids.length > 1) return awaitJobs(context, ids, Infinity);
  await followAll(context, only, 0);
  const job = await awaitJob(context, only, Infinity);
  // Its output is this program's; what is said of its end stands beside it.
  if (job.state !== 'completed') context.note(jobLine(job, context.paint));
  if (job.state === 'failed' && job.nodes > 1)
    context.note(`\`procguard job ${only}\` names the output of the node that decided`);
  return exitCodeOf(context.client, job);
}
