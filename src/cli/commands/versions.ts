/** `procguard versions`: the definitions a process was given, and what each of them changed. */
import type { Command } from 'commander';
import type { VersionsReply, VersionView } from '../../../protocol/definitions';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { localTime } from '../print/amounts';
import { fieldText } from '../print/plan-text';
import { printable } from '../print/text-width';

export const addVersions = (program: Command): Command =>
  program
    .command('versions <process>')
    .description('the definitions a process was given from here, oldest first; also of a removed one')
    .action(act((context: Context, process: string) => versions(context, process)));

async function versions({ client, format, print, paint }: Context, process: string): Promise<Exit> {
  const reply = await client.get<VersionsReply>(`/api/processes/${encodeURIComponent(process)}/versions`);
  if (format === 'json') print([JSON.stringify(reply, null, 2)]);
  else if (format === 'jsonl') print(reply.versions.map((version) => JSON.stringify(version)));
  else if (format === 'name') print(reply.versions.map(({ version }) => String(version)));
  else
    print(
      reply.versions.flatMap((version) => {
        const [head = '', ...fields] = versionLines(version);
        return [version.version === reply.current ? paint(`* ${head}`, 'bold') : `  ${head}`, ...fields];
      }),
    );
  return EXIT.ok;
}

function versionLines({ version, at_ms: atMs, by, kind, set, change, command, fields }: VersionView): string[] {
  const what = set === null ? kind : `${kind} of the set ${set}`;
  const gives = command === null ? 'removed' : command;
  return [
    printable(`${version}  ${localTime(atMs)}  ${what} (${change}) by ${by}: ${gives}`),
    ...fields.map((field) => `       ${fieldText(field)}`),
  ];
}
