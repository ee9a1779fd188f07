/** `procguard ca`: the certificate authority of a manager, for people who compare and for files. */
import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { PUBLIC_TRUST } from '../../../protocol/trust-wanted';
import type { Authority } from '../../trust/pinning/authority-in';
import { act, type Context } from '../context';
import { CliError, EXIT, type Exit } from '../exit';

interface Flags {
  readonly pem?: boolean;
  readonly file?: string;
}

export const addCa = (program: Command): Command =>
  program
    .command('ca')
    .description("the fingerprint of the manager's certificate authority, for --ca-fingerprint")
    .option('--pem', 'the certificate itself, for --ca')
    .option('--file <ca.pem>', "from a file, on the manager's machine <data>/tls/ca.pem, and not from the manager")
    .action(act(showAuthority));

async function showAuthority({ client, print, note }: Context, { pem: isPem = false, file }: Flags): Promise<Exit> {
  const { pem, fingerprint } = file === undefined ? await asked(client.url) : await inFile(file);
  print([isPem ? pem.trimEnd() : fingerprint]);
  if (file === undefined)
    note(
      `whoever answers at ${client.url} says so; compare it with what the manager says at its start, or with --file on its machine`,
    );
  return EXIT.ok;
}

async function asked(url: string): Promise<Authority> {
  if (!url.startsWith('https:'))
    throw new CliError(
      EXIT.usage,
      `${url} does not speak TLS, so it has no certificate; name a https:// address with --url, or a --file`,
    );
  // Loaded only here, because it loads TLS.
  const { ManagerTrust } = await import('../../trust/pinning/manager-trust');
  const trust = new ManagerTrust(url, PUBLIC_TRUST, null);
  return trust.fetchAuthority().catch((error: Error) => {
    throw new CliError(EXIT.unreachable, error.message);
  });
}

async function inFile(file: string): Promise<Authority> {
  const { authorityIn } = await import('../../trust/pinning/authority-in');
  try {
    return authorityIn(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CliError(EXIT.failed, `${file} gives no certificate: ${(error as Error).message}`);
  }
}
