/** `procguard whoami`: as whom the manager takes us, and what we may. */
import type { Command } from 'commander';
import type { SessionReply } from '../../../protocol/trust-http';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';

export const addWhoami = (program: Command): Command =>
  program
    .command('whoami')
    .description('as whom the manager takes you, and what you may do')
    .action(act((context: Context) => whoami(context)));

async function whoami({ client, format, print, note }: Context): Promise<Exit> {
  const session = await client.get<SessionReply>('/api/session');
  if (format === 'json') print([JSON.stringify(session, null, 2)]);
  else if (format === 'jsonl') print([JSON.stringify(session)]);
  else if (session.state === 'login' || session.state === 'setup') {
    note(`Nobody: ${client.url} wants a login (procguard login, --token or PROCGUARD_TOKEN)`);
    return EXIT.failed;
  } else print([`${nameOf(session)}: ${session.grants.join('; ')}`]);
  return EXIT.ok;
}

const nameOf = ({ state, user }: SessionReply): string =>
  user?.name ?? (state === 'open' ? 'nobody needs a login from here' : 'a token');
