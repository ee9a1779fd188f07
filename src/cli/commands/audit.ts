/** `procguard audit`: who caused what; whether the chain of it holds; and all of it as a file. */
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { AuditEntry, AuditReply, AuditVerdict } from '../../../protocol/audit';
import { LIMITS } from '../../../protocol/limits';
import { act, asCount, asCountOf, type Context } from '../context';
import { CliError, EXIT, type Exit } from '../exit';
import type { Query } from '../manager-client';
import { auditLine } from '../print/audit-line';
import { verdictLines } from '../print/audit-verdict';

interface Filters {
  readonly type?: string;
  readonly actor?: string;
  readonly target?: string;
  readonly since?: string;
  readonly until?: string;
}
interface Flags extends Filters {
  readonly follow?: boolean;
  readonly lines: number;
}

export function addAudit(program: Command): Command {
  const audit = program
    .command('audit')
    .description('who caused what, from where and with which result, oldest first')
    .option('--type <type>', 'of this type; several with commas between, or a glob (auth.*)')
    .option('--actor <name>', 'by this user or token: name or id')
    .option('--target <id>', 'on this: w1, w1/train, w1/*, a user, a set')
    .option('--since <time>', 'not older: 10m, 2h, 1d or a date')
    .option('--until <time>', 'older: 10m, 2h, 1d or a date')
    .option('-n, --lines <count>', `how many, at most ${LIMITS.auditPageMax}`, asCount, 50)
    .option('-f, --follow', 'go on as things happen')
    .action(act((context: Context, flags: Flags) => show(context, flags)));
  audit
    .command('verify')
    .description('checks that no entry was changed, removed or put in; exit code 1 when one was')
    .option('--start <id>', 'from this entry on', asCountOf('entry'))
    .option('--end <id>', 'up to this entry', asCountOf('entry'))
    .action(act((context: Context, flags: { start?: number; end?: number }) => verify(context, flags)));
  audit
    .command('export')
    .description('all that match, as JSON lines; with the flags of audit: procguard audit --since 7d export')
    .option('--out <file>', 'into a file that only you can read; default: stdout')
    .action(act((context: Context, { out }: { out?: string }) => exportAll(context, audit.opts<Filters>(), out)));
  return audit;
}

const queryOf = ({ type, actor, target, since, until }: Filters): Query => ({
  event_type: type,
  actor_id: actor,
  target_id: target,
  since,
  until,
});

async function show(context: Context, flags: Flags): Promise<Exit> {
  const { client } = context;
  const newest =
    flags.lines === 0
      ? []
      : (await client.get<AuditReply>('/api/audit', { ...queryOf(flags), limit: flags.lines })).entries;
  const entries = [...newest].reverse();
  if (context.format === 'json' && !flags.follow) context.print([JSON.stringify(entries, null, 2)]);
  else tell(context, entries);
  if (!flags.follow) return EXIT.ok;
  const after = newest[0]?.id ?? (await client.get<AuditReply>('/api/audit', { limit: 1 })).entries[0]?.id ?? 0;
  const stream = await client.streamPatiently('/api/audit', {
    ...queryOf(flags),
    format: 'jsonl',
    follow: 'true',
    after_id: after,
  });
  for await (const line of createInterface({ input: stream })) tell(context, [JSON.parse(line) as AuditEntry]);
  throw new CliError(
    EXIT.unreachable,
    `${client.url} ended the answer: it stopped, or you may not read the audit any more`,
  );
}

const tell = ({ format, paint, print }: Context, entries: readonly AuditEntry[]): void =>
  print(entries.map((entry) => (format === 'table' ? auditLine(entry, paint) : JSON.stringify(entry))));

async function verify(context: Context, { start, end }: { start?: number; end?: number }): Promise<Exit> {
  const verdict = await context.client.getPatiently<AuditVerdict>('/api/audit/verify', {
    start_id: start,
    end_id: end,
  });
  context.print(context.format === 'table' ? verdictLines(verdict, context.paint) : [JSON.stringify(verdict)]);
  return verdict.valid ? EXIT.ok : EXIT.failed;
}

async function exportAll({ client, note }: Context, filters: Filters, file: string | undefined): Promise<Exit> {
  const stream = await client.streamPatiently('/api/audit', { ...queryOf(filters), format: 'jsonl' });
  if (file === undefined) await pipeline(stream, process.stdout, { end: false });
  else {
    await pipeline(stream, createWriteStream(file, { mode: 0o600 }));
    note(`written to ${file}`);
  }
  return EXIT.ok;
}
