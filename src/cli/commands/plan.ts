/** `procguard plan`: what a document would change. */
import type { Command } from 'commander';
import type { PlanReply } from '../../../protocol/definitions';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { planText } from '../print/plan-text';
import { readSetFile, type SetFile } from '../set-file';

export const addPlan = (program: Command): Command =>
  program
    .command('plan')
    .requiredOption('-f, --file <file>', 'the document; - is stdin')
    .description('what `apply` would change, process by process and field by field; nothing is done')
    .action(act((context: Context, { file }: { file: string }) => plan(context, file)));

async function plan(context: Context, file: string): Promise<Exit> {
  printPlan(context, await planned(context, await readSetFile(file)));
  return EXIT.ok;
}

export async function planned({ client }: Context, set: SetFile): Promise<PlanReply> {
  try {
    return await client.post<PlanReply>('/api/plan', set.document);
  } catch (error) {
    throw set.placed(error);
  }
}

export function printPlan({ format, print, paint }: Context, reply: PlanReply): void {
  if (format === 'json') print([JSON.stringify(reply, null, 2)]);
  else if (format === 'jsonl') print(reply.changes.map((change) => JSON.stringify(change)));
  else if (format === 'name') print(reply.changes.filter(({ action }) => action !== 'keep').map(({ key }) => key));
  else print(planText(reply.changes, paint));
}
