/** start, stop, restart, kill, disable, enable: one request for all targets, one line for each, and the truth in the exit code. */
import type { Command } from 'commander';
import type { BatchReply, BatchResult } from '../../protocol/http';
import type { Verb } from '../../protocol/link';
import { canAsk, isConfirmed } from './confirm';
import { act, type Context } from './context';
import { CliError, EXIT, exitOfResults, type Exit } from './exit';
import { certificateLine } from './print/certificate-line';
import { sentence } from './print/sentence';
import { addWaitFlags, waitingOf, type WaitFlags } from './wait-flags';

/** Targets that a question names; the rest are counted. */
const NAMED_MAX = 10;

export interface ControlFlags extends WaitFlags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly rolling?: number;
  readonly reason?: string;
  readonly until?: string;
}

/** @returns the command, for flags of its own */
export const addControl = (program: Command, verb: Verb | 'disable' | 'enable', description: string): Command =>
  addWaitFlags(program.command(`${verb} <selector...>`).description(description))
    .option('--dry-run', 'name the targets and do nothing')
    .option('-y, --yes', 'do not ask')
    .action(
      act((context: Context, selector: string[], flags: ControlFlags) => control(context, verb, selector, flags)),
    );

async function control(context: Context, verb: string, selector: string[], flags: ControlFlags): Promise<Exit> {
  const { rolling, reason, until } = flags;
  const batch = (dryRun: boolean): Promise<BatchReply> =>
    context.client.postPatiently('/api/batch', {
      selector,
      command: verb,
      ...waitingOf(flags),
      rolling,
      reason,
      until,
      dry_run: dryRun,
    });
  if (!flags.dryRun && !flags.yes && canAsk()) {
    const { results } = await batch(true);
    if (results.length > 1 && !(await isConfirmed(questionOf(verb, results)))) {
      context.note('Nothing was done.');
      return EXIT.failed;
    }
  }
  const { results } = await batch(flags.dryRun ?? false);
  return report(context, verb, results, selector);
}

function questionOf(verb: string, targets: readonly BatchResult[]): string {
  const names = targets
    .slice(0, NAMED_MAX)
    .map(({ key }) => key)
    .join(', ');
  const more = targets.length > NAMED_MAX ? `, and ${targets.length - NAMED_MAX} more` : '';
  return `${verb} ${targets.length} processes (${names}${more})?`;
}

function report(
  { format, print, note, paint }: Context,
  verb: string,
  results: readonly BatchResult[],
  selector: readonly string[],
): Exit {
  if (results.length === 0)
    throw new CliError(EXIT.notFound, `No process matches ${selector.join(' ')}; nothing was done`);
  if (format === 'json') print([JSON.stringify(results, null, 2)]);
  else if (format === 'jsonl') print(results.map((result) => JSON.stringify(result)));
  else if (format === 'name') print(results.filter(({ ok }) => ok).map(({ key }) => key));
  else
    for (const result of results) {
      const lines = resultLines(verb, result);
      if (result.ok) print(lines);
      else for (const line of lines) note(paint(line, 'red'));
    }
  return exitOfResults(results);
}

/** `api w1: SIGTERM 0.0s, gone 0.3s  (verified: cgroup empty)`; a failure keeps its sentence, the proof follows. */
function resultLines(
  verb: string,
  { worker_id: worker, process, ok, message, note, certificate }: BatchResult,
): string[] {
  const name = worker === process ? process : `${process} ${worker}`;
  const line = `${name}: ${outcome(verb, { ok, message, certificate })}`;
  return note === null ? [line] : [line, `  note: ${sentence(note)}`];
}

function outcome(
  verb: string,
  { ok, message, certificate }: Pick<BatchResult, 'ok' | 'message' | 'certificate'>,
): string {
  const said = sentence(message);
  if (certificate === null) return said;
  const proof = certificateLine(certificate);
  if (!ok) return `${said} [${proof}]`;
  return verb === 'stop' || verb === 'kill' ? proof : `${proof}; ${said}`;
}
