/** A job of a schedule, and what becomes of those of its jobs that are not over. */
import { Refusal } from '../../../protocol/errors';
import type { JobId } from '../../../protocol/jobs';
import { unopened } from '../../../protocol/sealed-env';
import { ownAsker, type Asker } from '../../../protocol/trust';
import type { Effect } from '../commands';
import type { Fact } from '../facts';
import { cancelJob } from '../jobs/control';
import type { Job } from '../jobs/rows';
import { submitJobs } from '../jobs/submit';
import type { HoldJob } from '../jobs/words';
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import type { Schedule } from './rows';

export interface Submitting {
  readonly plannedAtMs: number;
  /** Absent: the schedule itself. */
  readonly by?: Asker;
  readonly hold?: HoldJob | undefined;
}

export interface Submitted {
  readonly facts: readonly Fact[];
  readonly effects: readonly Effect[];
  readonly job: Job;
}

/** @returns Refusal job_state: one of its jobs is not over, and none is to run beside it; queue_full; forbidden; bad_request: a secret that no key opens */
export function submitted(
  model: Model,
  schedule: Schedule,
  { plannedAtMs, by = ownAsker(`schedule ${schedule.name}`), hold }: Submitting,
  settings: CoreSettings,
  nowMs: number,
): Submitted | Refusal {
  const { name, spec, overlap, needsApproval, owner } = schedule;
  const [sealed] = unopened(spec);
  if (sealed !== undefined)
    return new Refusal(
      'bad_request',
      `${sealed} of schedule ${name} cannot be opened: it was sealed with a secret key that this manager does not have; ` +
        'give its value anew, or put that key back (docs/secrets.md)',
    );
  const open = [...model.jobs.openOf(name)];
  if (overlap === 'skip' && open.length > 0)
    return new Refusal(
      'job_state',
      `job ${open[0]} of schedule ${name} is not over, and its overlap is skip; wait for it, or cancel it`,
    );
  const facts: Fact[] = [];
  const effects: Effect[] = [];
  const awaited: JobId[] = [];
  for (const id of overlap === 'replace' ? open : []) {
    const why = `schedule ${name} replaces it by the job of its next time`;
    const cancelled = cancelJob(model, { kind: 'cancelJob', id, why, by, hold }, settings, nowMs);
    if (cancelled.reply instanceof Refusal) return cancelled.reply;
    facts.push(...cancelled.facts);
    effects.push(...cancelled.effects);
    // One that has begun takes its time to end, and two of a schedule that replaces never run at once.
    if (cancelled.reply.state.kind === 'active') awaited.push(id);
  }
  const { facts: more, reply } = submitJobs(
    model,
    {
      kind: 'submitJobs',
      jobs: [
        {
          id: idFor(model, schedule, plannedAtMs),
          spec: awaited.length === 0 ? spec : { ...spec, after: awaited, afterMode: 'any_terminal' },
          key: null,
          meta: {},
          needsApproval,
          schedule: { name, plannedAtMs },
        },
      ],
      via: 'procguard',
      owner,
      by,
      hold,
    },
    settings,
    nowMs,
  );
  if (reply instanceof Refusal) return reply;
  const [first] = reply;
  if (first === undefined) throw new Error('a submission without a job was accepted');
  return { facts: [...facts, ...more], effects, job: first.job };
}

/** `nightly.20260131T030000Z`; with a number behind it where somebody has that id already. */
function idFor({ jobs }: Model, { name }: Schedule, plannedAtMs: number): JobId {
  const stamp = new Date(plannedAtMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const id = `${name}.${stamp}`;
  let free = id;
  for (let n = 2; jobs.job(free) !== null; n++) free = `${id}-${n}`;
  return free as JobId;
}
