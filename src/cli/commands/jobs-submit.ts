/** `procguard jobs submit`: a named job in SimpleTuner's words, by its own route: three retries where it says none. */
import { Option, type Command } from 'commander';
import { scalarOf } from '../../../protocol/scalar-text';
import { act, type Context } from '../context';
import { CliError, EXIT, type Exit } from '../exit';
import { collectPairs } from '../pair-words';

interface Flags {
  readonly target: string;
  /** False: `--no-wait` was said. */
  readonly wait: boolean;
  readonly anyGpu?: boolean;
  readonly dryRun?: boolean;
  readonly set: Readonly<Record<string, string>>;
}
/** Source: API_JOBS 1B. */
interface Reply {
  readonly success: boolean;
  readonly job_id: string | null;
  readonly status: string | null;
  readonly queue_position: number | null;
  readonly error: string | null;
  readonly code?: string;
  readonly reason: string | null;
}

export const addJobsSubmit = (jobs: Command): Command =>
  jobs
    .command('submit <config>')
    .description('a named job into the queue, as SimpleTuner’s command does; procguard templates lists them')
    .addOption(
      new Option('--target <where>', 'worker: not the manager’s own machine; local: only there')
        .choices(['auto', 'worker', 'local'])
        .default('auto'),
    )
    .option('--no-wait', 'refused where nobody can begin it at once')
    .option('--any-gpu', 'devices of whatever type')
    .option('--set <name=value>', 'one of its parameters; may be repeated', collectPairs('--set'), {})
    .option('--dry-run', 'print what would be sent, and do nothing')
    .action(act((context: Context, name: string, flags: Flags) => submit(context, name, flags)));

async function submit({ client, format, print, note }: Context, name: string, flags: Flags): Promise<Exit> {
  const body = {
    config_name: name,
    target: flags.target,
    no_wait: !flags.wait,
    any_gpu: flags.anyGpu ?? false,
    parameters: Object.fromEntries(Object.entries(flags.set).map(([key, text]) => [key, scalarOf(text)])),
  };
  if (flags.dryRun) {
    print([JSON.stringify(body, null, 2)]);
    return EXIT.ok;
  }
  const reply = await client.post<Reply>('/api/queue/submit', body);
  if (format === 'json') print([JSON.stringify(reply, null, 2)]);
  else if (format === 'jsonl') print([JSON.stringify(reply)]);
  // A refusal has status 200 there.
  if (!reply.success)
    throw new CliError(reply.code === 'not_found' ? EXIT.notFound : EXIT.failed, reply.error ?? 'it was refused');
  if (reply.reason !== null) note(reply.reason);
  if (format === 'name') print([reply.job_id ?? '']);
  else if (format === 'table') print([`${reply.job_id ?? ''} ${reply.status ?? ''}${placeText(reply)}`]);
  return EXIT.ok;
}

const placeText = ({ queue_position: place }: Reply): string =>
  place === null ? '' : `, number ${place} in the queue`;
