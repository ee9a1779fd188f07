/** `procguard recovery`: what went wrong and what was done about it, oldest first. */
import type { Command } from 'commander';
import type { IncidentView, RecoveryView } from '../../../protocol/views';
import { act, asCount, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { choose, readFleet, readNowMs } from '../fleet';
import { incidentLines, storyLines } from '../print/recovery-text';

interface RecoveryFlags {
  readonly lines: number;
  readonly node?: string;
}
interface Recoveries {
  readonly stories: RecoveryView[];
  readonly incidents: IncidentView[];
}

export const addRecovery = (program: Command): Command =>
  program
    .command('recovery [selector...]')
    .description('what went wrong and what was done about it: found, decided, did, result')
    .option('-n, --lines <count>', 'how many stories', asCount, 20)
    .option('--node <worker>', 'of one worker')
    .action(act((context: Context, words: string[], flags: RecoveryFlags) => recovery(context, words, flags)));

async function recovery(context: Context, words: string[], flags: RecoveryFlags): Promise<Exit> {
  const { client, format, print, note, paint } = context;
  const [answer, nowMs] = await Promise.all([read(context, words, flags), readNowMs(client)]);
  const stories = [...answer.stories].reverse();
  const incidents = [...answer.incidents].reverse();
  if (format === 'json') print([JSON.stringify({ stories, incidents }, null, 2)]);
  else if (format === 'jsonl') print(stories.map((story) => JSON.stringify(story)));
  else if (format === 'name') print(stories.map(({ id }) => id));
  else {
    print(incidents.flatMap((incident) => incidentLines(incident, nowMs, paint)));
    print(stories.flatMap((story) => storyLines(story, nowMs, paint)));
    if (stories.length === 0) note('Nothing went wrong so far, or it is forgotten: procguard events says more.');
  }
  return EXIT.ok;
}

/** Newest first, as the manager answers. */
async function read({ client }: Context, words: string[], { lines, node }: RecoveryFlags): Promise<Recoveries> {
  if (lines === 0) return { stories: [], incidents: [] };
  const ask = (worker?: string, process?: string): Promise<Recoveries> =>
    client.get<Recoveries>('/api/recovery', { worker, process, limit: Math.min(lines, 500) });
  if (words.length === 0) return ask(node);
  const views = choose(await readFleet(client), words).filter(({ worker_id: worker }) => (node ?? worker) === worker);
  const answers = await Promise.all(views.map(({ worker_id: worker, process }) => ask(worker, process)));
  const stories = answers.flatMap((answer) => answer.stories).sort((a, b) => b.began_at_ms - a.began_at_ms);
  return { stories: stories.slice(0, lines), incidents: answers[0]?.incidents ?? [] };
}
