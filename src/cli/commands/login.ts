/** `procguard login`: name and password once; the session is kept for the commands that follow. */
import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { SESSION_COOKIE } from '../../../protocol/session-cookie';
import { askSecretly } from '../ask-secretly';
import { act, type Context } from '../context';
import { CliError, EXIT, type Exit } from '../exit';
import { saveLogin } from '../saved-logins';

interface Flags {
  readonly user?: string;
}

export const addLogin = (program: Command): Command =>
  program
    .command('login')
    .description('log in to a manager; the password is asked for, or is the next line of what is piped in')
    .option('-u, --user <name>', 'default: as you are called here')
    .action(act((context: Context, flags: Flags) => login(context, flags)));

async function login({ client, note }: Context, { user = userInfo().username }: Flags): Promise<Exit> {
  const body = { username: user, password: await askSecretly(`Password of ${user} at ${client.url}: `) };
  const token = await opened(client, body).catch(async (error: unknown) => {
    if (!(error instanceof CliError) || error.code !== 'totp_needed') throw error;
    return opened(client, { ...body, totp: await askSecretly('Code of the second factor: ') });
  });
  const file = saveLogin(client.url, token);
  note(`Logged in to ${client.url} as ${user}; kept in ${file}. \`procguard logout\` ends it`);
  return EXIT.ok;
}

/** The cookie's value is the session, and does as a bearer token. */
async function opened(client: Context['client'], body: unknown): Promise<string> {
  const { headers } = await client.postStream('/api/session', body);
  const cookies = (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]?.split('=') ?? []);
  const token = cookies.find(([name]) => name === SESSION_COOKIE)?.[1];
  if (token === undefined) throw new CliError(EXIT.failed, 'The manager let us in and gave no session');
  return token;
}
