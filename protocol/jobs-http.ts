/**
 * /api/jobs: bodies, queries and replies. What they hold is in job-document.ts and job-views.ts.
 *
 * POST   /api/jobs                 SubmitBody (header Idempotency-Key) -> SubmitReply
 * GET    /api/jobs/templates       -> TemplatesReply;  .../<name> -> TemplateView
 * GET    /api/jobs                 ListQuery -> ListReply, newest first unless `sort` says otherwise
 * GET    /api/jobs/stats           -> JobStats
 * GET    /api/jobs/limits          -> LimitsReply;  PUT: LimitBody -> LimitsReply
 * POST   /api/jobs/cancel | retry  ManyBody -> ManyReply
 * GET    /api/jobs/<id>            -> JobView
 * GET    /api/jobs/<id>/explain    -> JobExplanation (job-explain.ts)
 * GET    /api/jobs/<id>/wait       WaitQuery -> WaitReply: held until it is over
 * GET    /api/jobs/<id>/logs       JobLogsQuery -> JobLogsReply, or text with format=text
 * POST   /api/jobs/<id>/cancel     CancelBody -> JobReply
 * POST   /api/jobs/<id>/retry | approve         -> JobReply
 * POST   /api/jobs/<id>/priority   PriorityBody -> JobReply
 */
import { z } from 'zod';
import { Duration } from './amounts';
import { jobWords } from './job-document';
import { ParameterDefaults, Parameters, TemplateName } from './job-template';
import { JobLimitView, JobRow, ShownJobState } from './job-views';
import { AttemptId, JobId, Priority } from './jobs';
import { LIMITS } from './limits';
import { StreamChoice } from './output-stream';
import { VariableName } from './process-spec';

/** Ids that are words of the API. */
export const JOB_IDS_RESERVED: readonly string[] = ['stats', 'limits', 'templates', 'cancel', 'retry', 'wait'];

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

/** What a submission says beside the words of the job. */
export const OwnWords = z.strictObject({
  /** Default: one is made. Of an array: the array's; its jobs are `<id>.<index>`. */
  id: JobId.refine(
    (id) => !JOB_IDS_RESERVED.includes(id),
    'must be another: this word has a meaning in the API',
  ).optional(),
  /** `1-100%8`: indices, and how many may run at once. */
  array: z.string().optional(),
  /** Each combination is a job: values are in its environment, and in `{lr}` of its command. */
  sweep: z.record(VariableName, z.array(Scalar).min(1)).optional(),
  /** It waits until somebody approves it. */
  hold: z.boolean().default(false),
  /** A job whose secrets are meant where `env` has the mask (`********`): what is shown of a job can be sent again. */
  like: JobId.optional(),
  /** The same key, the same job. Default: the header Idempotency-Key. */
  key: z.string().min(1).max(LIMITS.nameCharsMax).optional(),
});
/** One job, or with `array` or `sweep` many alike. */
export const JobBody = z.strictObject({ ...jobWords, ...OwnWords.shape });
export type JobBody = z.input<typeof JobBody>;
/** As it is understood. */
export type JobSubmission = z.output<typeof JobBody>;
/** All of them or none. */
export const SubmitManyBody = z.strictObject({ jobs: z.array(JobBody).min(1).max(LIMITS.jobsPerSubmitMax) });
/** A named job; beside these two everything of JobBody, laid over what the template says (job-template.ts). */
export const TemplateSubmission = z.looseObject({ template: TemplateName, parameters: Parameters.optional() });
export type TemplateSubmission = z.infer<typeof TemplateSubmission>;
export const SubmitBody = z.union([SubmitManyBody, TemplateSubmission, JobBody]);
export type SubmitBody = z.input<typeof SubmitBody>;

export const SubmittedJob = z.object({
  job_id: z.string(),
  state: ShownJobState,
  why: z.string(),
  /** False: its key or its id was known, and this is the job of before. */
  is_new: z.boolean(),
});
export type SubmittedJob = z.infer<typeof SubmittedJob>;
export const SubmitReply = z.object({
  success: z.literal(true),
  /** Of the first. */
  job_id: z.string(),
  state: ShownJobState,
  /** Jobs that are queued before the first. Null = it is not queued, or is the job of before (GET .../explain). */
  place: z.number().nullable(),
  /** Of an array or a sweep. */
  array_id: z.string().nullable(),
  /** In the order asked. */
  jobs: z.array(SubmittedJob),
  /** Nothing was refused, but somebody should know: that no known worker can ever run it, and why. */
  warnings: z.array(z.string()),
});
export type SubmitReply = z.infer<typeof SubmitReply>;

export const TemplateRow = z.object({
  name: z.string(),
  description: z.string().nullable(),
  parameters: ParameterDefaults,
  /** What is wrong with its file; null = it is understood. */
  problem: z.string().nullable(),
});
export type TemplateRow = z.infer<typeof TemplateRow>;
export const TemplatesReply = z.object({ templates: z.array(TemplateRow) });
export type TemplatesReply = z.infer<typeof TemplatesReply>;
export const TemplateView = TemplateRow.extend({
  /** The words of the job as its file has them; secrets of `env` are masked. */
  job: z.record(z.string(), z.unknown()),
  /** For workers that take a config in place of a command; what is secret by its name is masked. */
  config: z.record(z.string(), z.unknown()),
});
export type TemplateView = z.infer<typeof TemplateView>;

/** Which jobs; everything named must hold. */
export const JobFilter = z.strictObject({
  /** Several with commas: `queued,running`. `active` = assigned, running, stopping; `over` = the last three; `live` = not over. */
  state: z.string().optional(),
  owner: z.string().optional(),
  queue: z.string().optional(),
  /** `k=v`, values may be globs; several with commas. */
  label: z.string().optional(),
  /** Of the newest attempt. */
  worker: z.string().optional(),
  /** A glob. */
  name: z.string().optional(),
  /** Of an array. */
  array: z.string().optional(),
  /** Of a schedule. */
  schedule: z.string().optional(),
  /** Somewhere in id, name or command; case does not matter. */
  q: z.string().max(LIMITS.searchCharsMax).optional(),
});
export type JobFilter = z.infer<typeof JobFilter>;

export const JOBS_PAGE_MAX = 1000;
/**
 * By submission, urgency, the start of the newest attempt, or how long that ran; with `-` the other way round: `-submitted`
 * is newest first. What has not started is last either way.
 */
export const JOB_SORTS = [
  ...(['-submitted', 'submitted', 'priority', '-priority'] as const),
  ...(['started', '-started', 'duration', '-duration'] as const),
] as const;
export type JobSort = (typeof JOB_SORTS)[number];
export const ListQuery = JobFilter.extend({
  limit: z.coerce.number().int().min(1).max(JOBS_PAGE_MAX).default(100),
  sort: z.enum(JOB_SORTS).default('-submitted'),
  /** `next` of the page before. */
  after: z.coerce.number().int().optional(),
});
export const ListReply = z.object({
  jobs: z.array(JobRow),
  /**
   * For `after` of the next page; null = this is the last. A page may be short, or empty, and not be the last. By
   * submission nothing is missed or comes twice; by what changes, a job may change its place between two pages.
   */
  next: z.number().nullable(),
});
export type ListReply = z.infer<typeof ListReply>;

export const JobReply = z.object({ success: z.literal(true), message: z.string(), job: JobRow });
export type JobReply = z.infer<typeof JobReply>;

const Why = z.string().max(LIMITS.reasonCharsMax).default('');
export const CancelBody = z.strictObject({ why: Why });
export const PriorityBody = z.strictObject({ priority: Priority });

/** By ids, or by filter; one of them must be there. `filter: {}` = all that are not over. */
export const ManyBody = z
  .strictObject({
    ids: z.array(JobId).min(1).max(LIMITS.jobsPerSubmitMax).optional(),
    filter: JobFilter.optional(),
    why: Why,
    /** Name them and do nothing. */
    dry_run: z.boolean().default(false),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), 'must name either ids or a filter');
export const ManyReply = z.object({
  /** True when it was done to each. */
  success: z.boolean(),
  matched: z.number(),
  /** In the order asked, or newest first. */
  results: z.array(
    z.object({
      job_id: z.string(),
      ok: z.boolean(),
      state: ShownJobState.nullable(),
      message: z.string(),
      code: z.string().optional(),
    }),
  ),
});
export type ManyReply = z.infer<typeof ManyReply>;

/** Default 30 s, at most an hour; ask again. */
export const WaitQuery = z.object({
  timeout: Duration.pipe(z.number().max(LIMITS.commandWaitMsMax)).default(LIMITS.commandWaitMs),
});
export const WaitReply = z.object({ is_over: z.boolean(), job: JobRow });
export type WaitReply = z.infer<typeof WaitReply>;

export const JobLogsQuery = z.object({
  /** Default: the newest that has output; of several nodes the one that decided, else the first. */
  attempt: AttemptId.optional(),
  /**
   * Lines, newest kept. 0, for text only: the whole output byte for byte; with `since`, `grep` or `stream` the newest
   * 1,000,000 lines of what they leave.
   */
  limit: z.coerce.number().int().min(0).max(1_000_000).default(LIMITS.logLinesDefault),
  format: z.enum(['json', 'text']).default('json'),
  since: z.string().optional(),
  /** A regular expression; plain text where the output is kept with the attempt (workers of other protocols). */
  grep: z.string().max(LIMITS.searchCharsMax).optional(),
  stream: StreamChoice.default('both'),
  /** Text only: goes on until the attempt has ended. X-Attempt-Id says which it is, X-Log-Offset where in its output this begins. */
  follow: z.stringbool().default(false),
  /** With `follow`: the attempt that comes after this one. Nothing, and no header, when none does. */
  behind: AttemptId.optional(),
});
export const JobLogsReply = z.object({
  job_id: z.string(),
  /** Null = it has not been tried yet. */
  attempt_id: z.string().nullable(),
  lines: z.array(z.object({ stream: z.enum(['stdout', 'stderr']), at_ms: z.number().nullable(), text: z.string() })),
});
export type JobLogsReply = z.infer<typeof JobLogsReply>;

export const LimitScope = z
  .string()
  .max(2 * LIMITS.nameCharsMax + 16)
  .regex(
    /^(all|user:.+|queue:.+|label:[^=]+=.+)$/,
    'must be all, user:<name>, queue:<name> or label:<key>=<value>; * stands for each one',
  );
/** `max: null` takes the limit away. */
export const LimitBody = z.strictObject({ scope: LimitScope, max: z.number().int().min(0).nullable() });
export const LimitsReply = z.object({ limits: z.array(JobLimitView) });
export type LimitsReply = z.infer<typeof LimitsReply>;
