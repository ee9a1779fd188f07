/** `procguard approve`: lets a launcher in that nobody vouched for; without a name, says who waits. */
import type { Command } from 'commander';
import type { ApplicantView } from '../../../protocol/trust-http';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { readNowMs } from '../fleet';
import { asLabels, labelText } from '../label-words';
import { age } from '../print/amounts';
import { renderTable, type Column } from '../print/table';

interface Flags {
  readonly labels?: readonly string[];
  readonly as?: string;
}

export const addApprove = (program: Command): Command =>
  program
    .command('approve [worker]')
    .description('let a waiting launcher in, by its fingerprint or its worker id; without a name: who waits')
    .option('--labels <k=v...>', 'laid over its own labels, separated by commas')
    .option('--as <worker>', 'only as this worker; needed where another machine has that id')
    .action(act((context: Context, worker: string | undefined, flags: Flags) => approve(context, worker, flags)));

async function approve(context: Context, worker: string | undefined, { labels = [], as }: Flags): Promise<Exit> {
  if (worker === undefined) return list(context);
  const { client, print } = context;
  const path = `/api/approvals/${encodeURIComponent(worker)}/approve`;
  const approved = await client.post<{ id: string; worker_id: string }>(path, {
    labels: asLabels(labels),
    ...(as === undefined ? {} : { worker_id: as }),
  });
  print([`${approved.worker_id} is approved (${approved.id}); it registers by itself`]);
  return EXIT.ok;
}

const COLUMNS: readonly Column[] = [
  { title: 'WORKER' },
  { title: 'FINGERPRINT' },
  { title: 'STATE' },
  { title: 'FROM' },
  { title: 'HOST', dropAt: 2 },
  { title: 'SINCE', align: 'right' },
  { title: 'VERSION', dropAt: 1 },
  { title: 'LABELS', isRest: true },
];

async function list({ client, format, print, note, width, paint }: Context): Promise<Exit> {
  const [{ applicants }, nowMs] = await Promise.all([
    client.get<{ applicants: ApplicantView[] }>('/api/approvals'),
    readNowMs(client),
  ]);
  if (format === 'json') print([JSON.stringify(applicants, null, 2)]);
  else if (format === 'jsonl') print(applicants.map((applicant) => JSON.stringify(applicant)));
  else if (format === 'name') print(applicants.map(({ fingerprint }) => fingerprint));
  else if (applicants.length === 0) note('Nobody waits for approval.');
  else {
    const rows = applicants.map((one) => [
      one.worker_id,
      one.fingerprint,
      { text: one.state, colour: one.state === 'pending' ? ('yellow' as const) : ('dim' as const) },
      one.from,
      one.hostname,
      age(nowMs - one.first_seen_ms),
      one.version,
      labelText(one.labels),
    ]);
    print(renderTable(COLUMNS, rows, width, paint));
    note(
      'Compare the fingerprint with what the launcher says of itself, then: procguard approve FINGERPRINT --as WORKER',
    );
  }
  return EXIT.ok;
}
