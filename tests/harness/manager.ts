/** A real manager: the bundle, in a program of its own, with its own data directory and port. */
import type { ApplicantView } from '../../protocol/trust-http';
import { resolve } from 'node:path';
import type { ProcessView, WorkerView } from '../../protocol/views';
import type { CommandReply } from '../../protocol/http';
import type { Program } from './program';
import { quietPort } from './quiet-port';
import { until } from './until';
import type { World } from './world';

export const PROCGUARD = resolve('dist/procguard.js');
const DEADLINE_MS = 30_000;

export interface ManagerSetup {
  readonly dataDir?: string;
  readonly host?: string;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export class StartedManager {
  private constructor(
    readonly program: Program,
    readonly url: string,
    private readonly world: World,
    private readonly setup: Required<Omit<ManagerSetup, 'port'>>,
  ) {}

  static async start(world: World, setup: ManagerSetup = {}): Promise<StartedManager> {
    const dataDir = setup.dataDir ?? world.directory();
    const { host = '127.0.0.1', port = await quietPort(), env = {} } = setup;
    const argv = ['manager', '--host', host, '--port', String(port), '--data-dir', dataDir];
    // Away from the repository, whose configs/ would be found.
    const program = world.start([process.execPath, PROCGUARD, ...argv], { cwd: dataDir, env });
    const address = await until('the manager to listen', DEADLINE_MS, () => {
      if (!program.isRunning) throw new Error(`the manager ended: ${program.output}`);
      return /dashboard: http:\/\/\S+:(\d+)\//.exec(program.output)?.[1];
    });
    return new StartedManager(program, `http://127.0.0.1:${address}`, world, { dataDir, host, env });
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Another one on the same data and port, after this one was ended or killed. */
  again(): Promise<StartedManager> {
    return StartedManager.start(this.world, { ...this.setup, port: this.port });
  }

  async get<T>(path: string): Promise<T> {
    return (await (await fetch(this.url + path)).json()) as T;
  }

  async command(id: string, command: string): Promise<CommandReply & { error?: string }> {
    const body = JSON.stringify({ command });
    return (await (
      await fetch(`${this.url}/api/workers/${id}/command`, { method: 'POST', body })
    ).json()) as CommandReply;
  }

  /** Vouches for a launcher of another machine, as soon as it asks. */
  async approve(worker: string): Promise<void> {
    await until(`${worker} to ask for approval`, DEADLINE_MS, async () => {
      const { applicants } = await this.get<{ applicants: ApplicantView[] }>('/api/approvals');
      return applicants.some(({ worker_id: id }) => id === worker);
    });
    await fetch(`${this.url}/api/approvals/${worker}/approve`, { method: 'POST', body: '{}' });
  }

  /** The one process of a worker; null while there is none. */
  async process(worker: string): Promise<ProcessView | null> {
    const { processes = [] } = await this.get<{ processes?: ProcessView[] }>(`/api/workers/${worker}/processes`);
    return processes[0] ?? null;
  }

  async worker(id: string): Promise<WorkerView | undefined> {
    return (await this.get<{ workers: WorkerView[] }>('/api/nodes')).workers.find(
      ({ worker_id: known }) => known === id,
    );
  }

  /** Resolves with the process once the condition holds. */
  until(
    what: string,
    worker: string,
    holds: (process: ProcessView) => boolean,
    deadlineMs = DEADLINE_MS,
  ): Promise<ProcessView> {
    return until(what, deadlineMs, async () => {
      const process = await this.process(worker).catch(() => null);
      return process !== null && holds(process) ? process : null;
    });
  }

  /** Everything stored of a worker's output. */
  async output(worker: string): Promise<string> {
    return (await fetch(`${this.url}/api/workers/${worker}/logs?format=text&limit=0`)).text();
  }
}
