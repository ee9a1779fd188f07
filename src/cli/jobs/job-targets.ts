/** cancel and retry: ids, arrays or a filter; a question before many are meant; one line for each, the truth in the exit code. */
import type { Command } from 'commander';
import type { JobFilter, ManyReply } from '../../../protocol/jobs-http';
import { canAsk, isConfirmed } from '../confirm';
import { act, type Context } from '../context';
import { CliError, EXIT, exitOfResults, type Exit } from '../exit';
import { jobsMeant } from './find-job';
import { DEAD, FILTER_HELP, jobWords } from './job-words';

/** Jobs that a question names; the rest are counted. */
const NAMED_MAX = 10;

interface TargetFlags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly why?: string;
  /** Of `retry`. */
  readonly dead?: boolean;
}
/** What one request takes. */
type Targets = { readonly ids: readonly string[] } | { readonly filter: JobFilter };
type Results = ManyReply['results'];

/** @returns the command, for flags and examples of its own */
export const addForJobs = (program: Command, word: 'cancel' | 'retry', description: string): Command =>
  program
    .command(`${word} [job...]`)
    .description(description)
    .option('--dry-run', 'name the jobs and do nothing')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', FILTER_HELP)
    .action(act((context: Context, words: string[], flags: TargetFlags) => forJobs(context, word, words, flags)));

async function forJobs(context: Context, word: string, named: string[], flags: TargetFlags): Promise<Exit> {
  const words = flags.dead ? [...named, DEAD] : named;
  if (words.length === 0) throw new CliError(EXIT.usage, `${word} what? Name jobs or arrays, or say filters`);
  const targets = await targetsOf(context, words);
  const ask = async (dryRun: boolean): Promise<Results> => {
    const results: ManyReply['results'][number][] = [];
    for (const those of targets) {
      const body = { ...those, why: flags.why, dry_run: dryRun };
      results.push(...(await context.client.postPatiently<ManyReply>(`/api/jobs/${word}`, body)).results);
    }
    return results;
  };
  if (!flags.dryRun && !flags.yes && canAsk()) {
    const meant = await ask(true);
    if (meant.length > 1 && !(await isConfirmed(questionOf(word, meant)))) {
      context.note('Nothing was done.');
      return EXIT.failed;
    }
  }
  return report(context, await ask(flags.dryRun ?? false), words);
}

/** An array is a filter: those of its jobs for which the word has a meaning. */
async function targetsOf({ client }: Context, words: readonly string[]): Promise<Targets[]> {
  const { plain, filter } = jobWords(words);
  const isNarrowed = Object.keys(filter).length > 0;
  if (isNarrowed && plain.length > 0)
    throw new CliError(EXIT.usage, `${plain.join(', ')}: name jobs, or say filters (state=queued), not both`);
  if (isNarrowed) return [{ filter }];
  const meant = await jobsMeant(client, plain);
  const ids = meant.flatMap(({ id, array }) => (array === null ? [id] : []));
  const arrays = meant.flatMap(({ array }) => (array === null ? [] : [{ filter: { array } }]));
  return ids.length === 0 ? arrays : [{ ids }, ...arrays];
}

function questionOf(word: string, targets: Results): string {
  const names = targets.slice(0, NAMED_MAX).map(({ job_id: id }) => id);
  const more = targets.length > NAMED_MAX ? `, and ${targets.length - NAMED_MAX} more` : '';
  return `${word} ${targets.length} jobs (${names.join(', ')}${more})?`;
}

function report({ format, print, note, paint }: Context, results: Results, words: readonly string[]): Exit {
  if (results.length === 0) throw new CliError(EXIT.notFound, `No job matches ${words.join(' ')}; nothing was done`);
  if (format === 'json') print([JSON.stringify(results, null, 2)]);
  else if (format === 'jsonl') print(results.map((result) => JSON.stringify(result)));
  else if (format === 'name') print(results.filter(({ ok }) => ok).map(({ job_id: id }) => id));
  else
    for (const { job_id: id, ok, state, message } of results)
      if (ok) print([`${id} ${state ?? ''}: ${message}`]);
      else note(paint(`${id}: ${message}`, 'red'));
  return exitOfResults(results);
}
