/** `procguard logout`: the session ends at the manager, and is forgotten here. */
import type { Command } from 'commander';
import { act, type Context } from '../context';
import { CliError, EXIT, type Exit } from '../exit';
import { forgetLogin } from '../saved-logins';

export const addLogout = (program: Command): Command =>
  program
    .command('logout')
    .description('end the session that `procguard login` keeps')
    .action(act((context: Context) => logout(context)));

async function logout({ client, note }: Context): Promise<Exit> {
  await client.delete('/api/session').catch((error: unknown) => {
    // Over already: what is left is to forget it.
    if (!(error instanceof CliError) || error.code !== 'login_required') throw error;
  });
  forgetLogin(client.url);
  note(`Logged out of ${client.url}`);
  return EXIT.ok;
}
