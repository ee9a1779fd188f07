/** `procguard selftest`: which promises hold on this machine, tried out on a private manager, launcher and children. */
import type { Command } from 'commander';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import type { Colour } from '../print/paint';
import type { Finding } from '../selftest/finding';
import { selftest } from '../selftest/run';

const INTERRUPTED = 130;
const COLOURS: Readonly<Record<Finding['result'], Colour>> = { holds: 'green', 'best effort': 'yellow', BROKEN: 'red' };
const RESULT_WIDTH = 'best effort'.length;

export const addSelftest = (program: Command): Command =>
  program
    .command('selftest')
    .description(
      'try out on this machine what ProcGuard promises: kills, stops, output, restarts; leaves nothing behind',
    )
    .option('--quick', 'with less output to carry')
    .action(act((context: Context, { quick = false }: { quick?: boolean }) => run(context, quick)));

async function run({ format, print, note, paint }: Context, quick: boolean): Promise<Exit | typeof INTERRUPTED> {
  const ending = new AbortController();
  const interrupt = (): void => ending.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const isText = format === 'table';
  const findings = await selftest(
    quick,
    ({ promise, result, how }) => {
      if (isText)
        print([
          `${paint(result.padEnd(RESULT_WIDTH), COLOURS[result])}  ${promise}`,
          `${' '.repeat(RESULT_WIDTH + 2)}${how}`,
        ]);
    },
    ending.signal,
  );
  if (format === 'json') print([JSON.stringify(findings, null, 2)]);
  else if (format === 'jsonl') print(findings.map((finding) => JSON.stringify(finding)));
  else if (format === 'name') print(findings.filter(({ result }) => result === 'holds').map(({ promise }) => promise));
  if (ending.signal.aborted) return INTERRUPTED;
  const count = (result: Finding['result']): number => findings.filter((finding) => finding.result === result).length;
  note(`${count('holds')} hold, ${count('best effort')} best effort, ${count('BROKEN')} broken`);
  return count('BROKEN') > 0 ? EXIT.failed : EXIT.ok;
}
