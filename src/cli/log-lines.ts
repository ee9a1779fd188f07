/** Stored output of one process, as the manager's HTTP API gives it. */
import type { OutputStream, StreamChoice } from '../../protocol/output-stream';
import type { LogRunView, ProcessView } from '../../protocol/views';
import { CliError, EXIT } from './exit';
import type { ManagerClient, Query } from './manager-client';

export interface StoredLine {
  readonly run: string;
  readonly stream: OutputStream;
  readonly offset: number;
  readonly atMs: number | null;
  readonly text: string;
}

/** Whose output it is. */
export type LogSource = Pick<ProcessView, 'key' | 'worker_id' | 'process'> & {
  /** @default stdout */
  readonly stream?: OutputStream;
};

export interface LineQuery {
  readonly limit: number;
  readonly since?: string | undefined;
  readonly grep?: string | undefined;
  readonly run?: string | undefined;
  /** @default both */
  readonly stream?: StreamChoice | undefined;
}

const path = ({ worker_id: worker }: LogSource): string => `/api/workers/${encodeURIComponent(worker)}/logs`;
const rangePath = ({ worker_id: worker, process }: LogSource): string =>
  `/api/logs/${encodeURIComponent(worker)}/${encodeURIComponent(process)}`;

/** The newest lines, oldest first. */
export async function readLines(client: ManagerClient, view: LogSource, query: LineQuery): Promise<StoredLine[]> {
  const asked: Query = { process: view.process, ...query };
  return (await client.get<{ lines: StoredLine[] }>(path(view), asked)).lines;
}

/** The same as bytes; `limit: 0` is the whole output as the process wrote it. */
export const streamLines = (client: ManagerClient, view: LogSource, query: LineQuery): Promise<AsyncIterable<Buffer>> =>
  client.stream(path(view), { process: view.process, format: 'text', ...query });

export async function readRuns(client: ManagerClient, view: LogSource): Promise<LogRunView[]> {
  return (await client.get<{ runs: LogRunView[] }>(rangePath(view), { stream: view.stream })).runs;
}

export interface ReadRange {
  /** Where the bytes begin: past what was asked for where something is missing. */
  readonly offset: number;
  readonly bytes: Buffer;
}

/** Bytes [from, to) of a run, up to the next gap. */
export async function readRange(
  client: ManagerClient,
  view: LogSource,
  run: string,
  from: number,
  to: number,
): Promise<ReadRange> {
  const query = { offset: from, bytes: to - from, stream: view.stream };
  const response = await client.stream(`${rangePath(view)}/${run}`, query);
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return { offset: Number(response.headers['x-log-offset'] ?? from), bytes: Buffer.concat(pieces) };
}

/** The run that --run or --previous means. A run id may be cut short as long as one alone begins or ends so. */
export async function findRun(
  client: ManagerClient,
  view: LogSource,
  { run, previous }: { readonly run?: string; readonly previous?: boolean },
): Promise<string | undefined> {
  if (run === undefined && !previous) return undefined;
  const runs = (await readRuns(client, view)).map(({ run_id: id }) => id);
  if (run === undefined) {
    const before = runs.at(-2);
    if (before !== undefined) return before;
    throw new CliError(EXIT.notFound, `${view.key} has no run before its newest one`);
  }
  const meant = runs.filter((id) => id.startsWith(run) || id.endsWith(run));
  if (meant.length === 1) return meant[0];
  throw new CliError(
    EXIT.notFound,
    `${view.key}: ${meant.length === 0 ? 'no run is' : `${meant.length} runs are`} called ${run}; there are ${runs.join(', ') || 'none'}`,
  );
}
