/** `procguard apply`: make it as a document says, and touch only what differs. */
import type { Command } from 'commander';
import type { ApplyReply } from '../../../protocol/definitions';
import { changed } from '../change';
import { canAsk, isConfirmed } from '../confirm';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { planText } from '../print/plan-text';
import { readSetFile, type SetFile } from '../set-file';
import { addWaitFlags, waitingOf, type WaitFlags } from '../wait-flags';
import { planned, printPlan } from './plan';

interface ApplyFlags extends WaitFlags {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const addApply = (program: Command): Command =>
  addWaitFlags(
    program
      .command('apply')
      .requiredOption('-f, --file <file>', 'the document; - is stdin')
      .description('make it as a document says: what changed is restarted, what left it is stopped and forgotten'),
  )
    .option('--dry-run', 'the same as plan')
    .option('-y, --yes', 'do not ask')
    .action(act((context: Context, flags: ApplyFlags) => apply(context, flags)));

async function apply(context: Context, flags: ApplyFlags): Promise<Exit> {
  const set = await readSetFile(flags.file);
  const isAsking = !flags.yes && flags.file !== '-' && canAsk();
  if (flags.dryRun || isAsking) {
    const plan = await planned(context, set);
    if (flags.dryRun) {
      printPlan(context, plan);
      return EXIT.ok;
    }
    for (const line of planText(plan.changes, context.paint)) context.note(line);
    const count = plan.changes.filter(({ action }) => action !== 'keep').length;
    if (count > 0 && !(await isConfirmed(`apply this to ${count} processes?`))) {
      context.note('Nothing was done.');
      return EXIT.failed;
    }
  }
  return changed(context, await applied(context, set, flags));
}

async function applied({ client }: Context, set: SetFile, flags: ApplyFlags): Promise<ApplyReply> {
  const { wait, timeout } = waitingOf(flags);
  try {
    return await client.postPatiently<ApplyReply>('/api/apply', set.document, { wait: String(wait), timeout });
  } catch (error) {
    throw set.placed(error);
  }
}
