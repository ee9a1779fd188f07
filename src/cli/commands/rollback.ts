/** `procguard rollback`: a process back to an earlier definition, or a set to before its last change. */
import type { Command } from 'commander';
import type { ApplyReply } from '../../../protocol/definitions';
import { changed } from '../change';
import { canAsk, isConfirmed } from '../confirm';
import { act, asCountOf, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { planText } from '../print/plan-text';
import { addWaitFlags, waitingOf, type WaitFlags } from '../wait-flags';

interface RollbackFlags extends WaitFlags {
  readonly to?: number;
  readonly set?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const addRollback = (program: Command): Command =>
  addWaitFlags(
    program
      .command('rollback <name>')
      .description('a process back to its earlier definition, or a set to before its last change'),
  )
    .option(
      '--to <version>',
      'of the process (procguard versions NAME); default: the one before',
      asCountOf('a version'),
    )
    .option('--set', 'NAME is a set, though a process is called so too')
    .option('--dry-run', 'say what it would do, and do nothing')
    .option('-y, --yes', 'do not ask')
    .action(act((context: Context, name: string, flags: RollbackFlags) => rollback(context, name, flags)));

async function rollback(context: Context, name: string, flags: RollbackFlags): Promise<Exit> {
  const ask = (dryRun: boolean): Promise<ApplyReply> =>
    context.client.postPatiently<ApplyReply>('/api/rollback', {
      name,
      set: flags.set ?? false,
      to: flags.to,
      dry_run: dryRun,
      ...waitingOf(flags),
    });
  if (flags.dryRun || (!flags.yes && canAsk())) {
    const { set, results } = await ask(true);
    if (flags.dryRun) {
      if (context.format === 'json') context.print([JSON.stringify({ set, changes: results }, null, 2)]);
      else context.print(planText(results, context.paint));
      return EXIT.ok;
    }
    for (const line of planText(results, context.paint)) context.note(line);
    const count = results.filter(({ action }) => action !== 'keep').length;
    if (count > 0 && !(await isConfirmed(`go back with ${count} processes?`))) {
      context.note('Nothing was done.');
      return EXIT.failed;
    }
  }
  return changed(context, await ask(false));
}
