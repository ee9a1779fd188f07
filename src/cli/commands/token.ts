/** `procguard token add|ls|rm`: what programs show to the manager. */
import type { Command } from 'commander';
import type { MintedToken, TokenView } from '../../../protocol/trust-http';
import { askSecretly } from '../ask-secretly';
import { act, type Context } from '../context';
import { CliError, EXIT, type Exit } from '../exit';
import { localTime } from '../print/amounts';
import { renderTable, type Column } from '../print/table';

interface AddFlags {
  readonly grant?: readonly string[];
  readonly expires?: string;
}

export function addToken(program: Command): Command {
  const token = program.command('token').description('tokens for programs: add, ls, rm');
  token
    .command('add <name>')
    .description(
      'a new one, shown this once; it never does more than you may. One that outlasts your login asks for your password',
    )
    .option(
      '-g, --grant <grant...>',
      'viewer, operator, admin, or on what: "operator on team=nlp"; default: all of yours',
    )
    .option('--expires <duration>', '12h, 90d; default: never')
    .action(act((context: Context, name: string, flags: AddFlags) => add(context, name, flags)));
  token
    .command('ls')
    .description('those of your own')
    .option('-a, --all', 'of everybody, and those to join with')
    .action(act((context: Context, flags: { readonly all?: boolean }) => list(context, flags.all === true)));
  token
    .command('rm <id>')
    .description('revoke it; what is open with it is cut at once')
    .action(act((context: Context, id: string) => remove(context, id)));
  return program;
}

async function add({ client, format, print, note }: Context, name: string, flags: AddFlags): Promise<Exit> {
  const { grant: grants, expires = null } = flags;
  const body = { name, expires, ...(grants && { grants }) };
  const minted = await client.post<MintedToken>('/api/tokens', body).catch(async (error: unknown) => {
    if (!(error instanceof CliError) || error.code !== 'password_needed') throw error;
    const current = await askSecretly('It outlasts your login. Your password: ');
    return client.post<MintedToken>('/api/tokens', { ...body, current });
  });
  if (format === 'json') print([JSON.stringify(minted, null, 2)]);
  else if (format === 'jsonl') print([JSON.stringify(minted)]);
  else {
    print([minted.token]);
    note(`${minted.id} (${minted.grants.join('; ')}); it is shown this once. For the command line: PROCGUARD_TOKEN`);
  }
  return EXIT.ok;
}

const COLUMNS: readonly Column[] = [
  { title: 'ID' },
  { title: 'NAME' },
  { title: 'OWNER', dropAt: 2 },
  { title: 'EXPIRES', dropAt: 1 },
  { title: 'GRANTS', isRest: true },
];

async function list({ client, format, print, note, width, paint }: Context, isAll: boolean): Promise<Exit> {
  const { tokens } = await client.get<{ tokens: TokenView[] }>('/api/tokens', isAll ? { all: 1 } : {});
  if (format === 'json') print([JSON.stringify(tokens, null, 2)]);
  else if (format === 'jsonl') print(tokens.map((token) => JSON.stringify(token)));
  else if (format === 'name') print(tokens.map(({ id }) => id));
  else if (tokens.length === 0) note('No token. procguard token add NAME makes one');
  else print(renderTable(COLUMNS, tokens.map(row), width, paint));
  return EXIT.ok;
}

const row = ({ id, kind, name, owner, expires_at_ms: expiresAtMs, grants }: TokenView): string[] => [
  id,
  name,
  owner ?? '-',
  expiresAtMs === null ? 'never' : localTime(expiresAtMs),
  kind === 'join' ? 'to join' : grants.join('; '),
];

async function remove({ client, print }: Context, id: string): Promise<Exit> {
  await client.delete(`/api/tokens/${encodeURIComponent(id)}`);
  print([`${id} is revoked`]);
  return EXIT.ok;
}
