/** start, stop, restart, kill: one request for all targets, one line for each, and the truth in the exit code. */
import type { Command } from 'commander';
import { createInterface } from 'node:readline/promises';
import type { BatchReply } from '../../protocol/http';
import type { Verb } from '../../protocol/link';
import { act, asDuration, type Context } from './context';
import { CliError, EXIT, type Exit } from './exit';
import { Deadline } from './manager-client';
import { certificateLine } from './print/certificate-line';
import { printable } from './print/text-width';

/** The manager holds no answer back for longer. */
const WAIT_MS_MAX = 30_000;
/** Targets that a question names; the rest are counted. */
const NAMED_MAX = 10;

interface ControlFlags {
  readonly wait: boolean;
  readonly timeout?: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const addControl = (program: Command, verb: Verb, description: string): Command =>
  program
    .command(`${verb} <selector...>`)
    .description(description)
    .option('--no-wait', 'answer when the command is on its way, not when it is done')
    .option('--timeout <duration>', 'give up waiting after this long, 30s at most; the command goes on', asDuration)
    .option('--dry-run', 'name the targets and do nothing')
    .option('-y, --yes', 'do not ask')
    .action(
      act((context: Context, selector: string[], flags: ControlFlags) => control(context, verb, selector, flags)),
    );

async function control(context: Context, verb: Verb, selector: string[], flags: ControlFlags): Promise<Exit> {
  if (flags.timeout !== undefined && flags.timeout > WAIT_MS_MAX)
    throw new CliError(
      EXIT.usage,
      `--timeout: the manager waits 30s at most; use --no-wait, and \`procguard status\` later`,
    );
  const batch = (dryRun: boolean): Promise<BatchReply> =>
    context.client.post('/api/batch', { selector, command: verb, wait: flags.wait, dry_run: dryRun }, flags.timeout);

  if (!flags.dryRun && !flags.yes && process.stdin.isTTY && process.stderr.isTTY) {
    const { results } = await batch(true);
    if (results.length > 1 && !(await isConfirmed(verb, results))) {
      context.note('Nothing was done.');
      return EXIT.failed;
    }
  }
  try {
    const { results } = await batch(flags.dryRun ?? false);
    return report(context, verb, results, selector);
  } catch (error) {
    if (!(error instanceof Deadline)) throw error;
    throw new CliError(
      EXIT.failed,
      `${verb} is not done after ${error.timeoutMs / 1000} s; it goes on. \`procguard status ${selector.join(' ')}\` shows how far it is`,
    );
  }
}

async function isConfirmed(verb: Verb, targets: readonly Result[]): Promise<boolean> {
  const names = targets
    .slice(0, NAMED_MAX)
    .map(({ key }) => key)
    .join(', ');
  const more = targets.length > NAMED_MAX ? `, and ${targets.length - NAMED_MAX} more` : '';
  const question = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await question.question(`${verb} ${targets.length} processes (${names}${more})? [y/N] `);
  question.close();
  return /^y(es)?$/i.test(answer.trim());
}

type Result = BatchReply['results'][number];

function report(
  { format, print, note, paint }: Context,
  verb: Verb,
  results: readonly Result[],
  selector: readonly string[],
): Exit {
  if (results.length === 0)
    throw new CliError(EXIT.notFound, `No process matches ${selector.join(' ')}; nothing was done`);
  if (format === 'json') print([JSON.stringify(results, null, 2)]);
  else if (format === 'jsonl') print(results.map((result) => JSON.stringify(result)));
  else if (format === 'name') print(results.filter(({ ok }) => ok).map(({ key }) => key));
  else
    for (const result of results) {
      const line = resultLine(verb, result);
      if (result.ok) print([line]);
      else note(paint(line, 'red'));
    }
  const failed = results.filter(({ ok }) => !ok).length;
  return failed === 0 ? EXIT.ok : failed === results.length ? EXIT.failed : EXIT.partial;
}

/** `api w1: SIGTERM 0.0s, gone 0.3s  (verified: cgroup empty)`; a failure keeps its sentence, the proof follows. */
function resultLine(verb: Verb, { worker_id: worker, process, ok, message, certificate }: Result): string {
  const name = worker === process ? process : `${process} ${worker}`;
  const said = printable(message);
  if (certificate === null) return `${name}: ${said}`;
  const proof = certificateLine(certificate);
  if (!ok) return `${name}: ${said} [${proof}]`;
  return verb === 'restart' ? `${name}: ${proof}; ${said}` : `${name}: ${proof}`;
}
