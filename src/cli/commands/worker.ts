/**
 * `procguard worker add|ls|rotate|rm`: workers' credentials. `procguard worker` with anything else is the launcher itself
 * (other-programs.ts).
 */
import type { Command } from 'commander';
import type { AdminWorker, MintedWorker } from '../../../protocol/trust-http';
import type { z } from 'zod';
import { canAsk, isConfirmed } from '../confirm';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { asLabels, labelText } from '../label-words';
import { renderTable, type Column } from '../print/table';

type Minted = z.infer<typeof MintedWorker>;

interface AddFlags {
  readonly workerId?: string;
  readonly labels?: readonly string[];
  readonly ephemeral?: boolean;
}
interface RmFlags {
  readonly force?: boolean;
  readonly yes?: boolean;
}

export function addWorker(program: Command): Command {
  const worker = program
    .command('worker')
    .description('run the launcher here (procguard worker --help); add, ls, rotate, rm: credentials of workers');
  worker
    .command('add <name>')
    .description('a token for a worker, shown this once, and the line to run on its machine')
    .option('--worker-id <id>', 'the only id it is good for; default: the first that comes with it')
    .option('--labels <k=v...>', 'laid over those that its launcher tells, separated by commas')
    .option('--ephemeral', 'it is there for a while only')
    .action(act((context: Context, name: string, flags: AddFlags) => add(context, name, flags)));
  worker
    .command('ls')
    .description('who holds a credential, who is registered without one, who waits for approval')
    .action(act((context: Context) => list(context)));
  worker
    .command('rotate <worker>')
    .description('a new token in place of its credential; what uses the old one is cut at once')
    .action(act((context: Context, id: string) => rotate(context, id)));
  worker
    .command('rm <worker>')
    .description('revoke its credential and forget it; what it runs is left alone')
    .option('--force', 'also while it is connected')
    .option('-y, --yes', 'do not ask')
    .action(act((context: Context, id: string, flags: RmFlags) => remove(context, id, flags)));
  return program;
}

const at = (id: string): string => `/api/admin/workers/${encodeURIComponent(id)}`;

async function add(context: Context, name: string, flags: AddFlags): Promise<Exit> {
  const minted = await context.client.post<Minted>('/api/admin/workers', {
    name,
    worker_type: flags.ephemeral ? 'ephemeral' : 'persistent',
    labels: asLabels(flags.labels ?? []),
    ...(flags.workerId === undefined ? {} : { worker_id: flags.workerId }),
  });
  return show(context, minted, `${minted.worker_id}; on its machine:`);
}

async function rotate(context: Context, id: string): Promise<Exit> {
  const minted = await context.client.post<Minted>(`${at(id)}/token`, {});
  return show(
    context,
    minted,
    `${minted.name} has a new token; restart its launcher with it (what runs there goes on):`,
  );
}

function show({ format, print, note }: Context, minted: Minted, what: string): Exit {
  if (format === 'json') print([JSON.stringify(minted, null, 2)]);
  else if (format === 'jsonl') print([JSON.stringify(minted)]);
  else if (format === 'name') print([minted.token]);
  else {
    note(what);
    print([minted.connection_command]);
    note('The token is shown this once.');
  }
  return EXIT.ok;
}

async function remove({ client, print, note }: Context, id: string, { force = false, yes }: RmFlags): Promise<Exit> {
  if (!yes && canAsk() && !(await isConfirmed(`revoke the credential of ${id} and forget it?`))) {
    note('Nothing was done.');
    return EXIT.failed;
  }
  await client.delete(`${at(id)}${force ? '?force=true' : ''}`);
  print([`${id} is forgotten, and its credential is no more`]);
  return EXIT.ok;
}

const COLUMNS: readonly Column[] = [
  { title: 'ID', dropAt: 3 },
  { title: 'WORKER' },
  { title: 'NAME', dropAt: 4 },
  { title: 'STATUS' },
  { title: 'PROOF' },
  { title: 'SOURCE', dropAt: 2 },
  { title: 'HOST', dropAt: 1 },
  { title: 'LABELS', isRest: true },
];

async function list({ client, format, print, note, width, paint }: Context): Promise<Exit> {
  const { workers } = await client.get<{ workers: AdminWorker[] }>('/api/admin/workers');
  if (format === 'json') print([JSON.stringify(workers, null, 2)]);
  else if (format === 'jsonl') print(workers.map((worker) => JSON.stringify(worker)));
  else if (format === 'name') print(workers.map(({ id }) => id));
  else if (workers.length === 0) note('No worker yet. A token for one: procguard worker add NAME');
  else {
    const rows = workers.map((worker) => [
      worker.id,
      worker.worker_id === '' ? '-' : worker.worker_id,
      worker.name,
      worker.status,
      worker.credential ?? 'none',
      worker.source,
      worker.hostname ?? '-',
      labelText(worker.labels),
    ]);
    print(renderTable(COLUMNS, rows, width, paint));
  }
  return EXIT.ok;
}
