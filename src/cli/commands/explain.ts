/** `procguard explain`: why something is as it is, by which evidence, what lies behind it, what happens next. */
import type { Command } from 'commander';
import type { Explanation } from '../../../protocol/views';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { readNowMs } from '../fleet';
import { explanationText } from '../print/explanation-text';

interface ExplainFlags {
  readonly node?: boolean;
}

export const addExplain = (program: Command): Command =>
  program
    .command('explain <target>')
    .description('why a process, or a worker, is as it is: cause, evidence, what happens next')
    .option('--node', 'the worker of that name, and not its process')
    .action(act((context: Context, target: string, flags: ExplainFlags) => explain(context, target, flags)));

async function explain(
  { client, format, print, paint }: Context,
  target: string,
  { node }: ExplainFlags,
): Promise<Exit> {
  const [explanation, nowMs] = await Promise.all([
    client.get<Explanation>(`/api/explain/${encodeURIComponent(target)}`, node ? { node: 1 } : {}),
    readNowMs(client),
  ]);
  if (format === 'json') print([JSON.stringify(explanation, null, 2)]);
  else if (format === 'jsonl') print([JSON.stringify(explanation)]);
  else if (format === 'name') print([explanation.cause_kind]);
  else print(explanationText(explanation, nowMs, paint));
  return EXIT.ok;
}
