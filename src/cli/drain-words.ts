/** drain and undrain: one request for each worker, and one line. */
import type { Command } from 'commander';
import { act, type Context } from './context';
import { CliError, exitOfResults, type Exit } from './exit';

/** @param said of a worker when it is so */
export const addDrainWord = (program: Command, word: 'drain' | 'undrain', description: string, said: string): Command =>
  program
    .command(`${word} <worker...>`)
    .description(description)
    .action(act((context: Context, workers: string[]) => each(context, word, workers, said)));

async function each({ client, print, note }: Context, word: string, workers: string[], said: string): Promise<Exit> {
  const results: { readonly ok: boolean }[] = [];
  for (const worker of workers)
    try {
      await client.post(`/api/admin/workers/${encodeURIComponent(worker)}/${word}`, {});
      print([`${worker} ${said}`]);
      results.push({ ok: true });
    } catch (error) {
      if (!(error instanceof CliError) || error.code === null || workers.length === 1) throw error;
      note(error.message);
      results.push({ ok: false });
    }
  return exitOfResults(results);
}
