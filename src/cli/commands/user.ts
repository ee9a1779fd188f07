/** `procguard user add|ls|rm|grant|passwd|disable|enable`: people. */
import type { Command } from 'commander';
import type { SessionReply, UserView } from '../../../protocol/trust-http';
import { askNewPassword, askSecretly } from '../ask-secretly';
import { canAsk, isConfirmed } from '../confirm';
import { act, type Context } from '../context';
import { CliError, EXIT, type Exit } from '../exit';
import { forgetLogin } from '../saved-logins';
import { renderTable, type Column } from '../print/table';

const USERS = '/api/admin/users';
const at = (name: string): string => `${USERS}/${encodeURIComponent(name)}`;

export function addUser(program: Command): Command {
  const user = program.command('user').description('people: add, ls, rm, grant, passwd, disable, enable');
  user
    .command('add <name>')
    .description('a new one; the password is asked for, or is the next line of what is piped in')
    .option('-g, --grant <grant...>', 'viewer, operator, admin, or on what: "operator on team=nlp"', ['viewer'])
    .action(
      act((context: Context, name: string, flags: { readonly grant: string[] }) => add(context, name, flags.grant)),
    );
  user
    .command('ls')
    .description('everybody')
    .action(act((context: Context) => list(context)));
  user
    .command('rm <name>')
    .description('gone, with all sessions and tokens')
    .option('-y, --yes', 'do not ask')
    .action(
      act((context: Context, name: string, flags: { readonly yes?: boolean }) => remove(context, name, flags.yes)),
    );
  user
    .command('grant <name> <grant...>')
    .description('may from now on do this, and nothing else')
    .action(act((context: Context, name: string, grants: string[]) => change(context, name, { grants })));
  user
    .command('passwd [name]')
    .description('a new password, your own unless a name is given; open sessions end')
    .action(act((context: Context, name: string | undefined) => passwd(context, name)));
  user
    .command('disable <name>')
    .description('can log in no more; open sessions end, tokens do nothing')
    .action(act((context: Context, name: string) => change(context, name, { disabled: true })));
  user
    .command('enable <name>')
    .description('can log in again')
    .action(act((context: Context, name: string) => change(context, name, { disabled: false })));
  return program;
}

async function add({ client, print }: Context, username: string, grants: readonly string[]): Promise<Exit> {
  const password = await askNewPassword(username);
  const user = await client.post<UserView>(USERS, { username, password, grants });
  print([line(user)]);
  return EXIT.ok;
}

async function change({ client, print }: Context, name: string, changes: object): Promise<Exit> {
  print([line(await client.patch<UserView>(at(name), changes))]);
  return EXIT.ok;
}

async function passwd(context: Context, name: string | undefined): Promise<Exit> {
  const { client, note } = context;
  if (name !== undefined) return change(context, name, { password: await askNewPassword(name) });
  const { user } = await client.get<SessionReply>('/api/session');
  if (user === null)
    throw new CliError(EXIT.usage, 'You are nobody there; log in first (procguard login), or name a user');
  const current = await askSecretly('Present password: ');
  await client.post('/api/session/password', { current, password: await askNewPassword(user.name) });
  forgetLogin(client.url);
  note('Changed; all sessions are over, this one too. Log in again: procguard login');
  return EXIT.ok;
}

async function remove({ client, print, note }: Context, name: string, isSure = false): Promise<Exit> {
  if (!isSure && canAsk() && !(await isConfirmed(`delete the user ${name}, with all sessions and tokens?`))) {
    note('Nothing was done.');
    return EXIT.failed;
  }
  await client.delete(at(name));
  print([`${name} is gone`]);
  return EXIT.ok;
}

const COLUMNS: readonly Column[] = [
  { title: 'NAME' },
  { title: 'STATE' },
  { title: '2ND FACTOR', dropAt: 2 },
  { title: 'SESSIONS', align: 'right', dropAt: 1 },
  { title: 'GRANTS', isRest: true },
];

async function list({ client, format, print, note, width, paint }: Context): Promise<Exit> {
  const { users } = await client.get<{ users: UserView[] }>(USERS);
  if (format === 'json') print([JSON.stringify(users, null, 2)]);
  else if (format === 'jsonl') print(users.map((user) => JSON.stringify(user)));
  else if (format === 'name') print(users.map(({ name }) => name));
  else if (users.length === 0)
    note(
      'No user yet: this machine gets in without a login, all others not at all. procguard user add NAME --grant admin',
    );
  else print(renderTable(COLUMNS, users.map(row), width, paint));
  return EXIT.ok;
}

const row = ({ name, disabled, has_totp: hasTotp, sessions, grants }: UserView): string[] => [
  name,
  disabled ? 'disabled' : 'ok',
  hasTotp ? 'yes' : 'no',
  String(sessions),
  grants.join('; '),
];

const line = ({ name, grants, disabled }: UserView): string => `${name}: ${disabled ? 'disabled' : grants.join('; ')}`;
