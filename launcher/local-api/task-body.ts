/**
 * `POST tasks`, in the words of seed 003. Documents and source of the original differ in names (`workdir`, `work_dir`; `env`,
 * `env_vars`): both are understood. Times are seconds. What is left out, or 0 where that means nothing, is the default.
 */
import { z } from 'zod';
import { CommandWord } from '../../protocol/command-line';
import { Env } from '../../protocol/process-spec';
import { JobId, PRIORITY_DEFAULT } from '../../protocol/jobs';
import { LIMITS } from '../../protocol/limits';
import { fieldProblems } from '../../protocol/field-problems';
import type { TaskWish } from '../core/local-jobs/task';

const TIMEOUT_S_DEFAULT = 3600;
/** A submission on the machine itself is not tried again unless it asks for it. Source: API_JOBS 1A. */
const RETRIES_DEFAULT = 0;
const RETRY_DELAY_S_DEFAULT = 60;
const YEAR_S = 31_536_000;

const Name = z.string().max(LIMITS.nameCharsMax);
const TaskBody = z.object({
  id: JobId.or(z.literal('').transform(() => undefined)).nullish(),
  name: Name.nullish(),
  type: Name.nullish(),
  command: CommandWord.min(1, 'is empty; it must name what to run'),
  args: z.array(CommandWord).max(10_000).nullish(),
  workdir: z.string().max(4096).nullish(),
  work_dir: z.string().max(4096).nullish(),
  env: Env.nullish(),
  env_vars: Env.nullish(),
  timeout: z.number().min(0).max(YEAR_S).nullish(),
  priority: z.number().int('must be a whole number from 1 (first) to 10 (last)').min(0).max(10).nullish(),
  depends_on: z.array(JobId).max(LIMITS.jobDependenciesMax).nullish(),
  max_retries: z.number().int().min(0).max(1000).nullish(),
  retry_delay: z.number().min(0).max(YEAR_S).nullish(),
});

export type ParsedTask =
  | { readonly kind: 'task'; readonly id: JobId | null; readonly wish: TaskWish }
  /** A sentence. */
  | { readonly kind: 'mistake'; readonly why: string };

export function parseTask(body: unknown): ParsedTask {
  const parsed = TaskBody.safeParse(body);
  if (!parsed.success) return { kind: 'mistake', why: fieldProblems(parsed.error, body) };
  const { data } = parsed;
  return {
    kind: 'task',
    id: data.id ?? null,
    wish: {
      name: data.name ?? '',
      type: data.type || 'shell',
      command: data.command,
      args: data.args ?? [],
      workdir: data.workdir || data.work_dir || null,
      env: data.env ?? data.env_vars ?? {},
      timeoutMs: seconds(data.timeout || TIMEOUT_S_DEFAULT),
      priority: data.priority || PRIORITY_DEFAULT,
      dependsOn: [...new Set(data.depends_on ?? [])],
      maxRetries: data.max_retries ?? RETRIES_DEFAULT,
      retryDelayMs: seconds(data.retry_delay ?? RETRY_DELAY_S_DEFAULT),
    },
  };
}

const seconds = (count: number): number => Math.round(count * 1000);
