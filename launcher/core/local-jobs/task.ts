/**
 * A task of the launcher's own queue: given on this machine, run on this machine, told to nobody. Source: seed 003, whose
 * agent calls its jobs tasks. What the queue remembers of one is here; what it wrote lies in files beside it.
 */
import { z } from 'zod';
import { JobId } from '../../../protocol/jobs';
import { Env } from '../../../protocol/process-spec';

export const TaskState = z.discriminatedUnion('kind', [
  /** Waits for a slot, for what it depends on, or for `notBeforeMs` (null = not for a time). */
  z.object({ kind: z.literal('pending'), notBeforeMs: z.number().nullable() }),
  z.object({
    kind: z.literal('running'),
    startedAtMs: z.number(),
    /** Of the machine, in which it was started. */
    bootId: z.string(),
    /** It was asked to end, and is not verified gone yet. Null = it runs. */
    ending: z.enum(['cancelled', 'preempted', 'timeout']).nullable(),
  }),
  z.object({ kind: z.literal('completed'), startedAtMs: z.number(), endedAtMs: z.number() }),
  z.object({
    kind: z.literal('failed'),
    /** Null = it never ran. */
    startedAtMs: z.number().nullable(),
    endedAtMs: z.number(),
    /** -1 = ended by a signal, or never born. */
    exitCode: z.number().int(),
    error: z.string(),
  }),
  z.object({
    kind: z.literal('cancelled'),
    startedAtMs: z.number().nullable(),
    endedAtMs: z.number(),
    /** Null = it was not running. */
    exitCode: z.number().int().nullable(),
  }),
]);
export type TaskState = z.infer<typeof TaskState>;

/** What was asked for. */
export const TaskWish = z.object({
  name: z.string(),
  /** Free word of the user. */
  type: z.string(),
  command: z.string().min(1),
  /** Empty = `command` is a shell line. */
  args: z.array(z.string()),
  /** Null = where the launcher runs. */
  workdir: z.string().nullable(),
  env: Env,
  timeoutMs: z.number().int().positive(),
  /** 1 is first, 10 is last. */
  priority: z.number().int().min(1).max(10),
  dependsOn: z.array(JobId),
  maxRetries: z.number().int().min(0),
  retryDelayMs: z.number().int().min(0),
});
export type TaskWish = z.infer<typeof TaskWish>;

export const Task = z.object({
  id: JobId,
  wish: TaskWish,
  createdAtMs: z.number(),
  /** Rises with every task: of two with one priority the earlier goes first. */
  order: z.number().int(),
  /** Retries that were spent. */
  retryCount: z.number().int().min(0),
  state: TaskState,
});
export type Task = z.infer<typeof Task>;

type Kind<K extends TaskState['kind']> = Extract<TaskState, { kind: K }>;
export type TaskIn<K extends TaskState['kind']> = Task & { readonly state: Kind<K> };

export const isPending = (task: Task): task is TaskIn<'pending'> => task.state.kind === 'pending';
export const isRunning = (task: Task): task is TaskIn<'running'> => task.state.kind === 'running';
/** It never changes again. */
export const isOver = (task: Task): boolean => !isPending(task) && !isRunning(task);

export const inState = (task: Task, state: TaskState): Task => ({ ...task, state });
