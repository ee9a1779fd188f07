/** `procguard graph`: in which order processes come up, and what each waits for. */
import type { Command } from 'commander';
import type { ProcessView } from '../../../protocol/views';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { choose, readFleet } from '../fleet';
import { STATE_COLOUR } from '../print/process-table';

export const addGraph = (program: Command): Command =>
  program
    .command('graph [selector...]')
    .description('processes in the order in which they come up, each with what it depends on')
    .action(act((context: Context, words: string[]) => graph(context, words)));

async function graph({ client, format, print, paint }: Context, words: string[]): Promise<Exit> {
  const views = new Map(choose(await readFleet(client), words).map((view) => [view.key, view]));
  // Loaded when asked for: the command line starts without zod.
  const { dependencyKey, layersOf } = await import('../../../protocol/dependencies');
  const dependenciesOf = ({ worker_id: worker, depends_on: needs }: ProcessView): string[] =>
    Object.keys(needs).map((written) => dependencyKey(worker, written));
  const layers = layersOf(new Map([...views.values()].map((view) => [view.key, dependenciesOf(view)])));
  if (format === 'json' || format === 'jsonl') print([JSON.stringify(layers)]);
  else if (format === 'name') print(layers.flat());
  else
    print(
      layers.flatMap((layer, index) => [
        paint(index === 0 ? 'first' : `after that (${index + 1})`, 'bold'),
        ...layer.map((key) => {
          const view = views.get(key);
          if (view === undefined) return `  ${key}`;
          const needs = Object.entries(view.depends_on).map(([written, condition]) => `${written} ${condition}`);
          const after = needs.length === 0 ? '' : `  <- ${needs.join(', ')}`;
          return `  ${key}  ${paint(view.state, STATE_COLOUR[view.state])}${after}`;
        }),
      ]),
    );
  return EXIT.ok;
}
