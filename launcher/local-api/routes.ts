/**
 * What the local API offers, a row each: seed 003's agent under `/api` (as documented) and `/api/v1` (as built).
 *
 * What the original let anybody do besides (run a command outside the queue, kill by pid, reset SSH, delete files: RG-12) is
 * answered with what to use instead, so that nobody looks for a mistake of his own.
 */
import { JobId } from '../../protocol/jobs';
import { isPending, isRunning, type Task } from '../core/local-jobs/task';
import { LOCAL_TASKS_PENDING_MAX, type LocalJobs } from '../local-jobs/local-jobs';
import { CODES, done, refused, type Reply } from './reply';
import { parseTask } from './task-body';
import { taskView, type AboutWorker } from './task-view';

export interface LocalApiParts {
  readonly jobs: LocalJobs;
  readonly about: AboutWorker;
  /** How many run at once. */
  readonly capacity: number;
  readonly systemInfo: () => Promise<Record<string, unknown>>;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Behind `/api` or `/api/v1`; `:id` is a task's. */
  readonly path: string;
  answer(parts: LocalApiParts, asked: { readonly id: string; readonly body: unknown }): Reply | Promise<Reply>;
}

/** How long the answer to a cancel is held back, so that it can say that nothing runs any more. */
const CANCEL_WAIT_MS = 35_000;

const instead = (path: string, why: string): Route => ({
  method: 'POST',
  path,
  answer: () => refused(501, null, `${path} is not offered: ${why}`),
});

export const ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/tasks',
    answer: async (parts, { body }) => {
      const parsed = parseTask(body);
      if (parsed.kind === 'mistake') return refused(400, CODES.invalid, parsed.why);
      const { id, wish } = parsed;
      const submitted = parts.jobs.submit(id, wish);
      switch (submitted.kind) {
        case 'taken':
          return done(await shown(parts, submitted.task));
        case 'conflict':
          return refused(
            409,
            CODES.immutable,
            `there is a task ${id} already, and it is another one; give this one an id of its own`,
          );
        case 'circle':
          return refused(
            400,
            CODES.invalid,
            `depends_on goes round in a circle: ${submitted.path.join(' -> ')}; nothing in it could ever start`,
          );
        case 'full':
          return refused(
            503,
            CODES.internal,
            `${LOCAL_TASKS_PENDING_MAX} tasks wait here, and that is the limit; try again when some are done`,
          );
      }
    },
  },
  {
    method: 'GET',
    path: '/tasks',
    answer: ({ jobs, about }) => {
      const list = [...jobs.tasks].map((task) => taskView(task, about, null));
      return done({ list, total: list.length });
    },
  },
  {
    method: 'GET',
    path: '/tasks/:id',
    answer: async (parts, { id }) => {
      const task = found(parts, id);
      return task === null ? unknown(id) : done(await shown(parts, task));
    },
  },
  {
    method: 'POST',
    path: '/tasks/:id/cancel',
    answer: async (parts, { id }) => {
      const task = found(parts, id);
      if (task === null) return unknown(id);
      const now = await parts.jobs.cancel(task, CANCEL_WAIT_MS);
      return done(await shown(parts, now), isRunning(now) ? 202 : 200);
    },
  },
  {
    method: 'GET',
    path: '/queue/status',
    answer: ({ jobs, capacity }) => {
      const tasks = [...jobs.tasks];
      return done({ pending: tasks.filter(isPending).length, running: tasks.filter(isRunning).length, capacity });
    },
  },
  {
    method: 'GET',
    path: '/ping',
    answer: () => ({ status: 200, body: { success: true, code: CODES.done, message: 'success', data: { ok: true } } }),
  },
  {
    method: 'GET',
    path: '/system/info',
    answer: async ({ systemInfo }) => ({ status: 200, body: await systemInfo() }),
  },
  instead(
    '/command/exec',
    'it ran commands past the queue and the rules; submit a task (POST /api/tasks) and read its stdout',
  ),
  instead(
    '/process/stop',
    'it killed any process by its number; cancel a task (POST /api/tasks/:id/cancel), which ends all that it started and verifies it',
  ),
  instead('/ssh/reset', "this program does not touch the machine's SSH; use the machine's own administration"),
  instead(
    '/machine/cleanup',
    "this program deletes nobody's files; submit a task that does, where the machine's rules allow it",
  ),
];

const found = ({ jobs }: LocalApiParts, id: string): Task | null => {
  const parsed = JobId.safeParse(id);
  return parsed.success ? jobs.find(parsed.data) : null;
};

const unknown = (id: string): Reply =>
  refused(
    404,
    CODES.notFound,
    `there is no task ${JSON.stringify(id)} here; GET /api/tasks lists those that are known`,
  );

const shown = async ({ jobs, about }: LocalApiParts, task: Task): Promise<Record<string, unknown>> =>
  taskView(task, about, await jobs.output(task.id));
