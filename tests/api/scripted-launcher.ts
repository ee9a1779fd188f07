/** A launcher that does what the test says: the real protocol over real sockets, and no child behind it. */
import { io, type Socket } from 'socket.io-client';
import {
  LINK_NAMESPACE,
  OUTPUT_PATH,
  type CommandToLauncher,
  type JobWord,
  type LauncherFact,
  type LauncherIdentity,
  type SyncReply,
} from '../../protocol/link';
import { ProcessSpec } from '../../protocol/process-spec';
import type { ProcessReport, ProcessState } from '../../protocol/process-state';
import { identityOf, reportOf } from '../harness/launcher-words';

export class ScriptedLauncher {
  readonly commands: CommandToLauncher[] = [];
  readonly jobs: JobWord[] = [];
  acked = 0;
  syncsAsked = 0;
  private seq = 0;
  private socket: Socket | null = null;
  private readonly watchers = new Set<() => void>();

  constructor(
    readonly url: string,
    readonly id: string,
    readonly more: Partial<LauncherIdentity> = {},
  ) {}

  get identity(): LauncherIdentity {
    return identityOf(this.id, this.more);
  }

  async register(): Promise<Response> {
    const body = JSON.stringify({ worker_id: this.id, command: 'x', hostname: 'test-host', launcher: this.identity });
    return fetch(`${this.url}/api/workers/register`, { method: 'POST', body });
  }

  /** Resolves when connected; rejects with the manager's refusal. */
  connect(): Promise<void> {
    const socket = io(this.url + LINK_NAMESPACE, {
      auth: { ...this.identity },
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    this.socket = socket;
    socket.on('command', (command: CommandToLauncher) => this.note(() => this.commands.push(command)));
    socket.on('job', (word: JobWord) => this.note(() => this.jobs.push(word)));
    socket.on('acked', ({ seq }: { seq: number }) => this.note(() => (this.acked = seq)));
    socket.on('sync?', () => this.note(() => this.syncsAsked++));
    socket.on('disconnect', () => this.note(() => undefined));
    return new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
  }

  get isConnected(): boolean {
    return this.socket?.connected === true;
  }

  sync(state: ProcessState, runs: string[] = []): Promise<SyncReply> {
    const spec = ProcessSpec.parse({ name: this.id, command: 'x' });
    const held = runs.map((run) => ({ process: this.id, run }));
    return this.open
      .timeout(30_000)
      .emitWithAck('sync', { processes: [{ spec, report: this.report(state) }], runs: held }) as Promise<SyncReply>;
  }

  tell(...facts: LauncherFact[]): number {
    this.open.emit('facts', { facts: facts.map((fact) => ({ seq: ++this.seq, atMs: Date.now(), fact })) });
    return this.seq;
  }

  say(event: string, ...words: unknown[]): void {
    this.open.emit(event, ...words);
  }

  report(state: ProcessState): ProcessReport {
    return reportOf(this.id, state);
  }

  ship(run: string, offset: number, bytes: string): Promise<Response> {
    const query = new URLSearchParams({ worker: this.id, process: this.id, run, offset: String(offset) });
    return fetch(`${this.url}${OUTPUT_PATH}?${query.toString()}`, { method: 'POST', body: bytes });
  }

  /** Resolves when the condition holds; looked at again whenever something arrives. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.watchers.delete(look);
        resolve();
      };
      this.watchers.add(look);
      look();
    });
  }

  close(): void {
    this.socket?.disconnect();
  }

  private note(change: () => void): void {
    change();
    for (const look of [...this.watchers]) look();
  }

  private get open(): Socket {
    if (this.socket === null) throw new Error('not connected');
    return this.socket;
  }
}
