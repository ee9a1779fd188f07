/**
 * `procguard run`: one command on a worker, as if it ran here. Its output is this program's output and its exit code this
 * program's exit code. It belongs to its launcher all the while: when this program is killed it goes on.
 */
import type { Command } from 'commander';
import { isAbsolute } from 'node:path';
import type { CommandReply, ProcessBody } from '../../../protocol/http';
import type { Verb } from '../../../protocol/link';
import type { WorkerView } from '../../../protocol/views';
import { act, type Context } from '../context';
import { CliError, EXIT } from '../exit';
import { isInputUnread } from '../given-input';
import type { LogSource } from '../log-lines';
import { collectPairs } from '../pair-words';
import { attend } from '../run-attend';
import { notStarted, type RunEnd } from '../run-end';
import { placeOf } from '../run-place';

interface RunFlags {
  readonly on?: string;
  readonly name?: string;
  readonly detach?: boolean;
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly shell?: boolean;
  readonly keep?: boolean;
}

/** Names tried when other runs begin in the same millisecond. */
const NAMES_MAX = 100;
/** Signals that stop the run too, with the exit code that a shell gives for them. */
const STOPPED_BY = { SIGINT: 130, SIGTERM: 143 } as const;

export const addRun = (program: Command): Command =>
  program
    .command('run <command...>')
    .description('run one command on a worker as if it ran here: procguard run [flags] -- command args...')
    .option('--on <worker>', 'where; default: local, or the only connected one')
    .option('--name <name>', 'of the process; default: run-<time>')
    .option('-d, --detach', 'print its key and leave it running')
    .option('--cwd <directory>', "on the worker's machine, absolute; default: the launcher's own")
    .option('-e, --env <K=V>', 'a variable of its environment; may be repeated', collectPairs('--env'), {})
    .option('--shell', 'the words are one line for the shell')
    .option('--keep', 'do not remove the process when it is over')
    .action(act((context: Context, words: string[], flags: RunFlags) => run(context, words, flags)));

async function run(context: Context, words: string[], flags: RunFlags): Promise<number> {
  if (flags.cwd !== undefined && !isAbsolute(flags.cwd))
    throw new CliError(
      EXIT.usage,
      `--cwd ${flags.cwd}: it is a directory of the worker's machine; give it from the root on`,
    );
  if (isInputUnread())
    context.note('stdin is not passed on: what runs on a worker has none, unless its definition names it (`stdin`)');
  const { workers } = await context.client.get<{ workers: WorkerView[] }>('/api/nodes');
  const worker = placeOf(workers, flags.on);
  const bornAtMs = Date.now();
  for (let i = 0; ; i++) {
    const name = flags.name ?? `run-${(bornAtMs + i).toString(36)}`;
    const source: LogSource = { key: `${worker}/${name}`, worker_id: worker, process: name };
    try {
      return await new Run(context, source, bodyOf(name, words, flags), flags).go();
    } catch (error) {
      const isTaken = error instanceof CliError && error.code === 'process_taken';
      if (!isTaken || flags.name !== undefined || i === NAMES_MAX) throw error;
    }
  }
}

class Run {
  private readonly path: string;
  private begun: Promise<RunEnd | null> | null = null;
  private stopped: { readonly code: number } | null = null;

  constructor(
    private readonly context: Context,
    private readonly source: LogSource,
    private readonly body: Partial<ProcessBody>,
    private readonly flags: RunFlags,
  ) {
    this.path = `/api/workers/${encodeURIComponent(source.worker_id)}`;
  }

  async go(): Promise<number> {
    if (this.flags.detach) return this.detached();
    const failed = new Promise<never>((_resolve, reject) => {
      for (const [signal, code] of Object.entries(STOPPED_BY))
        process.on(signal, () => void this.interrupt(code).catch(reject));
    });
    try {
      const end = await Promise.race([attend(this.context, this.source, () => this.start()), failed]);
      return await this.finish(end);
    } finally {
      for (const signal of Object.keys(STOPPED_BY)) process.removeAllListeners(signal);
    }
  }

  private async detached(): Promise<number> {
    const end = await this.start();
    if (end !== null) return this.finish(end);
    this.context.print([this.source.key]);
    return EXIT.ok;
  }

  private start(): Promise<RunEnd | null> {
    return (this.begun = this.define());
  }

  private async define(): Promise<RunEnd | null> {
    const { client, note } = this.context;
    try {
      const { status, message } = await client.post<CommandReply>(`${this.path}/processes`, this.body);
      if (status === 'queued') note(message);
      return null;
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (error.code === 'wait_timeout') return null;
      if (error.code === 'command_failed') return notStarted(error.message);
      if (error.exit !== EXIT.unreachable) throw error;
      const { key } = this.source;
      throw new CliError(
        error.exit,
        `${error.message}. Whether ${key} was started is not known: \`procguard status ${key}\``,
      );
    }
  }

  /** The first time a stop with grace, then without. The end itself is heard of as always. */
  private async interrupt(code: number): Promise<void> {
    if (this.begun === null) process.exit(code);
    const verb: Verb = this.stopped === null ? 'stop' : 'kill';
    this.stopped = { code };
    await this.begun;
    const { client } = this.context;
    try {
      await client.post(`${this.path}/command`, { command: verb, process: this.source.process });
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const { key } = this.source;
      throw new CliError(error.exit, `${error.message}. ${key} may go on; \`procguard stop ${key}\` stops it`);
    }
  }

  private async finish(end: RunEnd): Promise<number> {
    const { client, note } = this.context;
    if (end.kind === 'trouble') note(end.sentence);
    // Its definition must have come to an end before it is taken back.
    await this.begun?.catch(() => null);
    if (!this.flags.keep)
      await client
        .delete(`${this.path}/processes/${encodeURIComponent(this.source.process)}`)
        .catch((error: unknown) => this.notRemoved(error));
    return this.stopped?.code ?? end.code;
  }

  private notRemoved(error: unknown): void {
    if (!(error instanceof CliError)) throw error;
    if (error.code !== 'unknown_process')
      this.context.note(`${this.source.key} could not be removed: ${error.message}`);
  }
}

const bodyOf = (name: string, words: readonly string[], { cwd, env, shell }: RunFlags): Partial<ProcessBody> => ({
  name: name as ProcessBody['name'],
  command: shell ? words.join(' ') : [...words],
  working_dir: cwd ?? null,
  env: { ...env },
  restart_policy: 'never',
  worker_type: 'run',
  start: true,
  wait: true,
  must_be_new: true,
});
