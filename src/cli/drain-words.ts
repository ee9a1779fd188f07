/** drain and undrain: one request for each worker, and one line. */
import type { Command } from 'commander';
import { act, type Context } from './context';
import { CliError, exitOfResults, type Exit } from './exit';
import type { ManagerClient } from './manager-client';

/** @param said of a worker when it is so */
export const addDrainWord = (program: Command, word: 'drain' | 'undrain', description: string, said: string): Command =>
  program
    .command(`${word} <worker...>`)
    .description(description)
    .action(act((context: Context, workers: string[]) => each(context, word, workers, said)));

interface Drained {
  readonly worker_id: string;
  readonly ok: boolean;
  /** How the worker stands now; null = it was refused. */
  readonly status: string | null;
  readonly message: string;
}

async function each(context: Context, word: string, workers: string[], said: string): Promise<Exit> {
  const { client, format, print, note } = context;
  const results: Drained[] = [];
  for (const worker of workers) {
    const result = { worker_id: worker, ...(await one(client, word, worker, workers.length > 1)) };
    const told = { ...result, message: result.message ?? `${worker} ${said}` };
    results.push(told);
    if (format === 'jsonl') print([JSON.stringify(told)]);
    else if (format === 'table' && told.ok) print([told.message]);
    else if (format === 'name' && told.ok) print([worker]);
    else if (format !== 'json') note(told.message);
  }
  if (format === 'json') print([JSON.stringify(results, null, 2)]);
  return exitOfResults(results);
}

/** @returns message: a refusal's; null = it is done @throws CliError of one alone */
async function one(
  client: ManagerClient,
  word: string,
  worker: string,
  isOneOfMany: boolean,
): Promise<Pick<Drained, 'ok' | 'status'> & { readonly message: string | null }> {
  try {
    const path = `/api/admin/workers/${encodeURIComponent(worker)}/${word}`;
    const { status } = await client.post<{ status: string }>(path, {});
    return { ok: true, status, message: null };
  } catch (error) {
    if (!(error instanceof CliError) || error.code === null || !isOneOfMany) throw error;
    return { ok: false, status: null, message: error.message };
  }
}
