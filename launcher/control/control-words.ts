/** What can be asked of a running launcher on its own machine, one JSON line each way. */
import { z } from 'zod';
import { CommandResult } from '../../protocol/link';
import { ProcessReport } from '../../protocol/process-state';

export const ControlRequest = z.object({ do: z.enum(['status', 'stop-all']) });
export type ControlRequest = z.infer<typeof ControlRequest>;

/** One attempt of a job. */
export const JobStatus = z.object({
  attempt: z.string(),
  /** `waiting` for a slot, as its process, or its outcome. */
  state: z.string(),
  pid: z.number().nullable(),
  /** May be empty. */
  why: z.string(),
});
export type JobStatus = z.infer<typeof JobStatus>;

export const LauncherStatus = z.object({
  worker: z.string(),
  /** Null = no launcher runs; this is what the last one left. */
  pid: z.number().nullable(),
  /** Null = it has none. */
  manager: z.string().nullable(),
  connected: z.boolean(),
  /** Which of its owner's rules are in force, as one line; null = none, or nobody is there to say. */
  rules: z.string().nullable().default(null),
  processes: z.array(ProcessReport),
  jobs: z.array(JobStatus).default([]),
});
export type LauncherStatus = z.infer<typeof LauncherStatus>;

export const StopAllReply = z.object({
  /** True when everything is verified gone. */
  ok: z.boolean(),
  results: z.array(z.object({ process: z.string(), result: CommandResult })),
});
export type StopAllReply = z.infer<typeof StopAllReply>;
