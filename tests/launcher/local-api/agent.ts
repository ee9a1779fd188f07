/** A real launcher with its local API open on a free port, asked over HTTP as seed 003's users ask. */
import { LAUNCHER } from '../../harness/launcher';
import type { Program } from '../../harness/program';
import { until } from '../../harness/until';
import type { World } from '../../harness/world';

export interface Answer {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly data: Record<string, unknown>;
}

/** A task as it is answered. */
export interface Shown {
  readonly id: string;
  readonly status: string;
  readonly exit_code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly error: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly retry_count: number;
  readonly priority: number;
  readonly [field: string]: unknown;
}

export interface Agent {
  readonly program: Program;
  readonly dataDir: string;
  readonly port: number;
  ask(method: 'GET' | 'POST', path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Submits, and answers with the task. Fails on a refusal. */
  submit(task: Record<string, unknown>): Promise<Shown>;
  task(id: string): Promise<Shown>;
  /** When its status is this one. */
  reaches(id: string, status: string, withinMs?: number): Promise<Shown>;
  /** Another one on the same data, after this one was ended or killed. */
  again(flags?: readonly string[]): Promise<Agent>;
}

export interface AgentSetup {
  readonly dataDir?: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** After the test everything it keeps is stopped by `--stop-all`. Alone, unless a flag names a manager. */
export async function startAgent(world: World, setup: AgentSetup = {}): Promise<Agent> {
  const dataDir = setup.dataDir ?? world.directory();
  const logs = world.directory();
  const place = ['--worker-id', 'agent-001', '--data-dir', dataDir];
  const env = { AGENT_PORT: '8090', ...setup.env };
  world.afterwards(async () => {
    await world.start([process.execPath, LAUNCHER, ...place, '--stop-all'], { cwd: logs, env }).ended;
  });
  const start = async (flags: readonly string[]): Promise<Agent> => {
    const words = [process.execPath, LAUNCHER, ...place, '--local-api', '0', ...flags];
    const program = world.start(words, { cwd: logs, env });
    const port = await until('the local API to listen', 30_000, () => portIn(program));
    return agentAt(program, dataDir, port, (changed) => start(changed ?? flags));
  };
  return start(setup.flags ?? []);
}

const portIn = ({ output }: Program): number | null => {
  const found = /local API listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(output);
  return found === null ? null : Number(found[1]);
};

function agentAt(program: Program, dataDir: string, port: number, again: Agent['again']): Agent {
  const ask: Agent['ask'] = async (method, path, body, headers = {}) => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      // As curl -d without a header says it.
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: reply.status, ...((await reply.json()) as Omit<Answer, 'status'>) };
  };
  const task = async (id: string): Promise<Shown> => (await ask('GET', `/api/tasks/${id}`)).data as unknown as Shown;
  return {
    program,
    dataDir,
    port,
    ask,
    task,
    again,
    submit: async (wish) => {
      const { status, data, message } = await ask('POST', '/api/tasks', wish);
      if (status !== 200) throw new Error(`${status}: ${message}`);
      return data as unknown as Shown;
    },
    reaches: (id, status, withinMs = 30_000) =>
      until(`task ${id} to be ${status}`, withinMs, async () => {
        const now = await task(id);
        return now.status === status ? now : null;
      }),
  };
}
