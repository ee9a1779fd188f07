/** `procguard join-token`: the line that makes another machine a worker. */
import type { Command } from 'commander';
import type { MintedToken } from '../../../protocol/trust-http';
import { act, asCountOf, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { asLabels } from '../label-words';
import { zonedTime } from '../print/amounts';

interface Flags {
  readonly name?: string;
  readonly uses: number | 'any';
  readonly expires: string;
  readonly labels?: readonly string[];
}

export const addJoinToken = (program: Command): Command =>
  program
    .command('join-token')
    .description('a token that lets new machines in, and the line to run on each; it is shown this once')
    .option('--name <text>', 'what it is for, as the audit and the list of tokens name it')
    .option('--uses <n>', 'how many machines it lets in; any = no limit', asUses, 1)
    .option('--expires <duration>', 'how long: 30m, 24h, 7d; never = until it is revoked', '24h')
    .option('--labels <k=v...>', 'laid over the labels of each worker that joins by it, separated by commas')
    .action(act((context: Context, flags: Flags) => joinToken(context, flags)));

async function joinToken({ client, format, print, note }: Context, flags: Flags): Promise<Exit> {
  const minted = await client.post<MintedToken>('/api/admin/join-tokens', {
    ...(flags.name === undefined ? {} : { name: flags.name }),
    uses: flags.uses === 'any' ? null : flags.uses,
    expires: flags.expires === 'never' ? null : flags.expires,
    labels: asLabels(flags.labels ?? []),
  });
  const { id, token, join_command: line, uses_left: uses, expires_at_ms: endsAtMs } = minted;
  if (format === 'json') print([JSON.stringify(minted, null, 2)]);
  else if (format === 'jsonl') print([JSON.stringify(minted)]);
  else if (format === 'name') print([token]);
  else {
    print([line ?? token]);
    const many = uses === null ? 'any number of machines' : uses === 1 ? 'one machine' : `${uses} machines`;
    const until = endsAtMs === null ? 'until it is revoked' : `until ${zonedTime(endsAtMs)}`;
    note(`for ${many}, ${until}; to take it back: procguard token rm ${id}`);
    if (/\/\/(localhost|127\.|\[::1\])/.test(line ?? ''))
      note('The manager listens on this machine alone: set web.host, or web.public_url, before others can join.');
  }
  return EXIT.ok;
}

function asUses(text: string): number | 'any' {
  return text === 'any' ? 'any' : asCountOf('machines')(text);
}
