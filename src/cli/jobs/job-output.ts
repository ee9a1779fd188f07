/**
 * A job's output as bytes, from wherever it is kept: the log store, or the job itself for workers of other protocols. One
 * attempt's at a time; a job that is tried again writes on with its next attempt.
 */
import type { IncomingMessage } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import type { Context } from '../context';
import { CliError, EXIT } from '../exit';
import { writeOut } from '../log-writer';
import type { ManagerClient, Query } from '../manager-client';
import { jobPath } from './find-job';

/** A manager that restarts is asked again; by then most are back. */
const RETURN_MS = 1000;

/** What is stored of one attempt; with `follow` also what comes, until it has ended. */
export async function writeOutput(client: ManagerClient, id: string, query: Query): Promise<void> {
  for await (const piece of await outputOf(client, id, query)) await writeOut(piece as Buffer);
}

/**
 * What a job writes, in all of its attempts, until it is over. The manager has told of the job before: one that does not
 * answer is away, and comes back.
 * @param lines how many of what is stored already, of the newest attempt; 0 = all
 */
export async function followAll(
  { client, note }: Pick<Context, 'client' | 'note'>,
  id: string,
  lines: number,
): Promise<void> {
  let reading = null as Reading | null;
  for (let isOver = false; !isOver;) {
    try {
      const output = await outputOf(client, id, {
        follow: 'true',
        ...(reading?.next ?? { limit: lines }),
      });
      const attempt = output.headers['x-attempt-id'];
      // Its end came without another attempt.
      if (typeof attempt !== 'string') isOver = true;
      else {
        if (reading?.attempt !== attempt) reading = new Reading(attempt);
        await reading.write(output);
      }
    } catch (error) {
      if (!isLost(error)) throw error;
      note(`Connection to ${client.url} lost; ${id} goes on, and its output is asked for again ...`);
      await after(RETURN_MS);
    }
  }
}

/** One attempt's. After a lost connection it is read from its beginning again, and what was written is left out. */
class Reading {
  private written = 0;
  private isWhole = false;

  constructor(readonly attempt: string) {}

  /** What to ask for. */
  get next(): Query {
    return this.isWhole ? { limit: 0, behind: this.attempt } : { limit: 0, attempt: this.attempt };
  }

  async write(output: IncomingMessage): Promise<void> {
    let at = Number(output.headers['x-log-offset'] ?? 0);
    for await (const piece of output as AsyncIterable<Buffer>) {
      const fresh = piece.subarray(Math.max(0, this.written - at));
      at += piece.length;
      this.written = Math.max(this.written, at);
      if (fresh.length > 0) await writeOut(fresh);
    }
    this.isWhole = true;
  }
}

const outputOf = (client: ManagerClient, id: string, query: Query): Promise<IncomingMessage> =>
  client.streamPatiently(jobPath(id, '/logs'), { format: 'text', ...query });

const isLost = (error: unknown): boolean =>
  error instanceof CliError
    ? error.exit === EXIT.unreachable || error.code === 'shutting_down'
    : (error as NodeJS.ErrnoException).code === 'ECONNRESET';
