/**
 * ProcGuard's manager under orders (queues/drive.ts), asked over HTTP. Arguments: its URL; `claim`: jobs are taken here, by
 * an agent of the claim protocol; `watch`: they are taken by whoever is there, and watched.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ProcGuardClient } from '../../src/client/client';
import { DoneCount, drive } from '../queues/drive';
import type { Attendance, DrivenQueue, WorkerSpec, WorkSpec } from '../queues/driven-queue';
import { LeanHttp } from '../queues/lean-http';

const [, , url = '', how = 'claim'] = process.argv;
/** What a job that nobody starts has for a command. */
const NO_OP = ['/bin/true'];
const AGENT = { agent_id: 'bench', machine_id: 'bench' };
/** Each claims, completes what it got, and claims again: while one waits for its answer the others complete. */
const HANDS = 3;
/** Completions under way of one hand. */
const LANES = 32;
/** After a claim that brought nothing. */
const REST_MS = 5;
/** Between two looks at what is done. */
const LOOK_MS = 10;

const client = new ProcGuardClient({ url });

/** Of the worker, that are not in use. */
const idle: LeanHttp[] = [];
async function post(path: string, body: unknown): Promise<string> {
  let connection = idle.pop();
  while (connection?.isOpen === false) connection = idle.pop();
  connection ??= await LeanHttp.to(url);
  const answer = await connection.post(path, JSON.stringify(body));
  idle.push(connection);
  return answer;
}

/** Of the job that was submitted last; null = none, or many at once. */
let newest: string | null = null;

const jobOf = ({ command }: WorkSpec) => ({ command: [...(command ?? NO_OP)] });

const driven: DrivenQueue = {
  submit: async (job) => {
    newest = (await client.submit(jobOf(job))).job_id;
  },
  submitMany: async (job, count) => void (await client.submitMany(Array.from({ length: count }, () => jobOf(job)))),
  attend: (worker) => (how === 'claim' ? claiming(worker) : watching()),
  close: () => {
    client.close();
    for (const connection of idle) connection.close();
    return Promise.resolve();
  },
};

async function claiming({ concurrency }: WorkerSpec): Promise<Attendance> {
  await post('/api/v1/agent/register', { ...AGENT, max_workers: concurrency });
  const count = new DoneCount();
  let isHere = true;
  const hand = async (): Promise<void> => {
    while (isHere) {
      const claim = { ...AGENT, limit: Math.ceil(concurrency / HANDS) };
      const { data } = JSON.parse(await post('/api/v1/agent/tasks/claim', claim)) as {
        data: { tasks: { id: string; attempt_id: string }[] };
      };
      if (data.tasks.length === 0) await pause(REST_MS);
      const lane = async (): Promise<void> => {
        for (let task = data.tasks.pop(); task !== undefined; task = data.tasks.pop()) {
          const { id, attempt_id } = task;
          await post(`/api/v1/agent/tasks/${id}/complete`, { agent_id: AGENT.agent_id, attempt_id, exit_code: 0 });
          count.note(1);
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    }
  };
  const over = Promise.all(Array.from({ length: HANDS }, hand));
  return {
    untilDone: (jobs) => count.untilDone(jobs),
    leave: async () => {
      isHere = false;
      await over;
    },
  };
}

async function watching(): Promise<Attendance> {
  let seen = await completed();
  return {
    untilDone: async (jobs) => {
      const wanted = seen + jobs;
      while ((seen = await completed()) < wanted) {
        // Held until it is over: the manager is not to answer questions while others are measured by its speed.
        if (newest !== null) await fetch(`${url}/api/jobs/${newest}/wait?timeout=60s`);
        await pause(LOOK_MS);
      }
    },
    leave: () => Promise.resolve(),
  };
}

/** Since the manager's start. */
async function completed(): Promise<number> {
  const answer = await fetch(`${url}/api/jobs/stats`);
  const { outcomes } = (await answer.json()) as { outcomes: { completed: number } };
  return outcomes.completed;
}

drive(driven);
