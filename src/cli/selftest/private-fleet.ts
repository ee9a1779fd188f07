/**
 * A manager and a launcher of the test's own: in a directory that is removed, on a port that was free, started as the
 * user starts them. Whatever happens, `end` leaves nothing: children are stopped by the launcher's own --stop-all.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandReply, ProcessBody } from '../../../protocol/http';
import type { ProcessView } from '../../../protocol/views';
import { ManagerClient } from '../manager-client';
import { quietPort } from './quiet-port';
import { until } from './until';

const WORKER = 'selftest';
/** Ours are named for configuration keys and would be read as such. */
const NOT_INHERITED = /^(PROCGUARD_|WORKER_|MANAGER_URL$|COMMAND$|WORKING_DIR$|AUTO_START$|HEARTBEAT_INTERVAL$)/;

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output: string;
}

export class PrivateFleet {
  readonly directory = mkdtempSync(join(tmpdir(), 'procguard-selftest-'));
  #manager: Started | null = null;
  #launcher: Started | null = null;
  #port = 0;

  async begin(): Promise<void> {
    await this.startManager();
    this.startLauncher();
    await until('the launcher to be connected', async () => (await this.#workerState()) === 'idle');
  }

  get client(): ManagerClient {
    return new ManagerClient(`http://127.0.0.1:${this.#port}`, null);
  }

  async startManager(): Promise<void> {
    if (this.#port === 0) this.#port = await quietPort();
    const flags = ['--host', '127.0.0.1', '--port', String(this.#port), '--data-dir', join(this.directory, 'manager')];
    const manager = this.#start('manager', ...flags);
    this.#manager = manager;
    await until('the manager to listen', () => {
      if (manager.child.exitCode !== null) throw new Error(`the manager ended: ${manager.output}`);
      return /dashboard: http:\/\/\S+:\d+\//.test(manager.output);
    });
  }

  startLauncher(): void {
    this.#launcher = this.#start('worker', ...this.#launcherFlags);
  }

  killManager(): Promise<void> {
    return killed(this.#manager);
  }
  killLauncher(): Promise<void> {
    return killed(this.#launcher);
  }

  /** How this machine's trees are kept apart, by the launcher's own word. */
  get treeKind(): string {
    return /trees kept apart by ([\w-]+)/.exec(this.#launcher?.output ?? '')?.[1] ?? 'unknown';
  }

  define(name: string, command: string, more: Partial<ProcessBody> = {}): Promise<CommandReply> {
    const body = { name, command, working_dir: this.directory, restart_delay: 0, ...more };
    return this.client.post<CommandReply>(`/api/workers/${WORKER}/processes`, body);
  }

  order(process: string, command: string): Promise<CommandReply> {
    return this.client.post<CommandReply>(`/api/workers/${WORKER}/command`, { process, command });
  }

  /** Null while the manager is away, or does not know it. */
  async view(name: string): Promise<ProcessView | null> {
    const path = `/api/workers/${WORKER}/processes`;
    const reply = await this.client.get<{ processes: ProcessView[] }>(path).catch(() => null);
    return reply?.processes.find(({ process }) => process === name) ?? null;
  }

  untilView(name: string, what: string, is: (view: ProcessView) => boolean): Promise<ProcessView> {
    return until(`${name} ${what}`, async () => {
      const view = await this.view(name);
      return view !== null && is(view) && view;
    });
  }

  async output(name: string): Promise<string> {
    const path = `/api/workers/${WORKER}/logs`;
    const body = await this.client.stream(path, { process: name, format: 'text', limit: 0 });
    let text = '';
    for await (const piece of body.setEncoding('utf8')) text += String(piece);
    return text;
  }

  /** What the children of this test wrote down themselves. */
  note(file: string): string[] {
    try {
      return readFileSync(join(this.directory, file), 'utf8').split('\n').filter(Boolean);
    } catch {
      return [];
    }
  }

  async end(): Promise<void> {
    await killed(this.#launcher);
    if (this.#launcher !== null) await this.#start('worker', ...this.#launcherFlags, '--stop-all').ended;
    await killed(this.#manager);
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  get #launcherFlags(): string[] {
    const url = `http://127.0.0.1:${this.#port}`;
    return ['--worker-id', WORKER, '--manager-url', url, '--data-dir', join(this.directory, 'worker')];
  }

  async #workerState(): Promise<string | undefined> {
    const { workers } = await this.client.get<{ workers: { worker_id: string; state: string }[] }>('/api/nodes');
    return workers.find(({ worker_id: id }) => id === WORKER)?.state;
  }

  #start(...words: string[]): Started {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name)));
    // In the test's directory: no configuration is found there, and the launcher's log goes with it.
    const child = spawn(process.execPath, [process.argv[1] ?? '', ...words], {
      cwd: this.directory,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const started: Started = { child, ended, output: '' };
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (started.output += data.toString('utf8')));
    return started;
  }
}

async function killed(program: Started | null): Promise<void> {
  if (program === null) return;
  program.child.kill('SIGKILL');
  await program.ended;
}
