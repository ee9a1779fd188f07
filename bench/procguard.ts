/** ProcGuard as its users run it: `procguard manager` and `procguard worker` from dist/, with data in the scratch directory. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Agent, request, type IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import type { z } from 'zod';
import type { CommandReply } from '../protocol/http';
import type { Verb } from '../protocol/link';
import type { ProcessSpec } from '../protocol/process-spec';
import type { LogRunView, ProcessView } from '../protocol/views';
import { untilSeen } from './deadline';
import { PROCGUARD } from './distribution';
import type { Program } from './program';
import type { Rig } from './rig';

/** Idle connections are given up before the server does it, or a request could meet a connection that is just closing. */
const IDLE_MS = 3_000;

export class Manager {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4, timeout: IDLE_MS });

  private constructor(
    private readonly program: Program,
    readonly url: string,
  ) {}

  /** @param nodeFlags before the program's name: a profiler's; @param env configuration keys; @param name of its directory, where there are several */
  static async start(
    rig: Rig,
    nodeFlags: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
    name = 'manager',
  ): Promise<Manager> {
    const program = rig.start(
      [
        process.execPath,
        ...nodeFlags,
        PROCGUARD,
        ...['manager', '--host', '127.0.0.1', '--port', '0', '--data-dir', rig.path(name), '--log-level', 'WARNING'],
      ],
      { cwd: rig.scratch, env },
    );
    const [, url = ''] = await program.line(/^dashboard: (http\S+?)\/?$/);
    const manager = new Manager(program, url);
    rig.atEnd(() => manager.#agent.destroy());
    return manager;
  }

  get pid(): number {
    return this.program.pid;
  }

  signal(signal: NodeJS.Signals): void {
    this.program.signal(signal);
  }

  get(path: string): Promise<unknown> {
    return this.#ask('GET', path, null);
  }

  post(path: string, body: unknown): Promise<unknown> {
    return this.#ask('POST', path, JSON.stringify(body));
  }

  command(id: string, verb: Verb): Promise<CommandReply> {
    return this.post(`/api/workers/${id}/command`, { command: verb }) as Promise<CommandReply>;
  }

  async processes(): Promise<readonly ProcessView[]> {
    return ((await this.get('/api/processes')) as { processes: ProcessView[] }).processes;
  }

  /** Starts a process. @returns its new run */
  async startRun(worker: string, process: string): Promise<string> {
    await this.command(process, 'start');
    const shown = (await this.processes()).find(({ key }) => key === `${worker}/${process}`);
    if (shown?.run_id == null) throw new Error(`the manager shows no run of ${worker}/${process} after its start`);
    return shown.run_id;
  }

  /** Resolves when so much of a run is stored. A look, because what tells of bytes would also send them. */
  async untilStored(worker: string, process: string, run: string, bytes: number): Promise<void> {
    await untilSeen(
      `the manager to store ${bytes} bytes of ${worker}/${process}`,
      async () => {
        const { runs } = (await this.get(`/api/logs/${worker}/${process}`)) as { runs: LogRunView[] };
        return runs.find(({ run_id }) => run_id === run)?.bytes === bytes || null;
      },
      { everyMs: 10 },
    );
  }

  /** A reply's bytes. */
  stream(path: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const asked = request(`${this.url}${path}`, { agent: this.#agent }, (response) =>
        response.statusCode === 200
          ? resolve(response)
          : reject(new Error(`the manager answered ${response.statusCode} to ${path}`)),
      );
      asked.on('error', reject);
      asked.end();
    });
  }

  /** Frees what is stored of a process. @param id as /api/workers takes it */
  clearLogs(id: string): Promise<unknown> {
    return this.#ask('DELETE', `/api/workers/${id}/logs`, null);
  }

  #ask(method: string, path: string, body: string | null): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const asked = request(
        `${this.url}${path}`,
        {
          method,
          agent: this.#agent,
          headers:
            body === null
              ? {}
              : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => (text += part));
          response.on('error', reject);
          response.on('end', () =>
            response.statusCode === 200
              ? resolve(JSON.parse(text))
              : reject(new Error(`the manager answered ${response.statusCode} to ${method} ${path}: ${text}`)),
          );
        },
      );
      asked.on('error', reject);
      asked.end(body ?? undefined);
    });
  }
}

/** A process of a launcher, as its processes file has it. */
export type Kept = Pick<z.input<typeof ProcessSpec>, 'command' | 'restart' | 'autoStart'> & { readonly name: string };

export class Launcher {
  private constructor(private readonly program: Program) {}

  /**
   * Resolves when the manager shows all of `processes`, and those that start by themselves running.
   * @param flags further ones of `procguard worker`
   */
  static async start(
    rig: Rig,
    manager: Manager,
    worker: string,
    processes: readonly Kept[],
    flags: readonly string[] = [],
  ): Promise<Launcher> {
    const file = rig.path(`${worker}.json`);
    writeFileSync(file, JSON.stringify(processes));
    const own = ['--worker-id', worker, '--data-dir', rig.path(worker), '--manager-url', manager.url];
    // As start_worker.sh runs it.
    const node = [process.execPath, '--max-semi-space-size=1', PROCGUARD, 'worker'] as const;
    const program = rig.start([...node, ...own, '--processes', file, '--log-level', 'warn', ...flags], {
      cwd: rig.scratch,
    });
    // Its children live on without it: they are what must be ended, and before it.
    rig.atEnd(async () => {
      await promisify(execFile)(node[0], [...node.slice(1), ...own, '--stop-all'], { cwd: rig.scratch });
    });
    await untilSeen(`the manager to show ${worker} and its ${processes.length} processes`, async () => {
      const shown = (await manager.processes()).filter(({ worker_id }) => worker_id === worker);
      const isRunning = new Set(shown.filter(({ state }) => state === 'running').map(({ process }) => process));
      const isShown = new Set(shown.map(({ process }) => process));
      return processes.every(({ name, autoStart }) => (autoStart === true ? isRunning : isShown).has(name)) || null;
    });
    return new Launcher(program);
  }

  get pid(): number {
    return this.program.pid;
  }

  signal(signal: NodeJS.Signals): void {
    this.program.signal(signal);
  }
}
