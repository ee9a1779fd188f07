/**
 * What becomes of a job when an attempt of it has ended:
 *
 *   completed             -> completed
 *   cancelled             -> cancelled
 *   preempted             -> queued again, no retry spent
 *   refused               -> failed: what refused it would refuse it again
 *   lost, hindered        -> a few times queued again, no retry spent (trouble.ts)
 *   failed timeout lost   -> while its retry budget lasts: queued again (after the delay); else failed
 *
 *   completed, late       -> completed, if nobody has begun anew: also where the job had failed meanwhile, and was not cancelled
 *
 * Of a gang the first node that did not complete decides, once all others are stopped; somebody's cancelling before it.
 */
import { statusOf } from '../../../protocol/exit';
import type { AttemptOutcome } from '../../../protocol/jobs';
import type { Effect } from '../commands';
import { hasLauncher, type Model } from '../model';
import { attemptStopping, jobChanged } from './changes';
import { decisiveOf, didNotComplete, GANG } from './deciding';
import { isLive, isOver, QUEUED, type Attempt, type Job, type JobState, type Stop } from './rows';
import type { JobFact } from './words';
import { stopWord } from './job-words';
import { freeDelayMs } from './trouble';

export function afterAttempt(
  model: Model,
  { attempt: ended, was }: Extract<JobFact, { kind: 'attempt.changed' }>,
  nowMs: number,
): { facts: JobFact[]; effects: Effect[] } {
  const job = model.jobs.job(ended.job);
  if (job === null || ended.state.kind !== 'ended' || !isOfLastRound(model, job, ended)) return nothing;
  if (isOver(job) && !(was === 'ended' && job.state.kind === 'failed' && isOfLauncher(model, ended))) return nothing;
  // A late result counts if it is a good one and nobody has begun anew; a bad one was counted when it was lost.
  if (was === 'ended' && ended.state.outcome !== 'completed') return nothing;
  const round = model.jobs.attemptsOf(job.id).filter(({ round }) => round === ended.round);
  const living = round.filter(isLive);
  if (living.length > 0) return ended.state.outcome === 'completed' ? nothing : stopRest(living, ended, nowMs);
  // A late result of one node does not make up for those that were stopped for its sake.
  if (was === 'ended' && round.some(didNotComplete)) return nothing;
  return { facts: [jobChanged(job, ...nextOf(model, job, decisiveOf(round) ?? ended, nowMs))], effects: [] };
}

const nothing = { facts: [], effects: [] };

function stopRest(living: readonly Attempt[], ended: Attempt, nowMs: number): { facts: JobFact[]; effects: Effect[] } {
  const stop: Stop = {
    outcome: 'cancelled',
    forJob: null,
    by: GANG,
    why: `node ${ended.node} ended: ${endOf(ended)}`,
    atMs: nowMs,
  };
  const others = living.filter((attempt) => attempt.stop === null);
  return {
    facts: others.map((attempt) => attemptStopping(attempt, stop)),
    effects: others.map((attempt) => stopWord(attempt, stop)),
  };
}

/** The next state, the time it holds since, and what else changes. */
function nextOf(model: Model, job: Job, attempt: Attempt, nowMs: number): [JobState, number, Partial<Job>] {
  const exitCode = attempt.exit?.exitCode ?? null;
  const why = endOf(attempt);
  if (attempt.state.kind !== 'ended') throw new Error(`attempt ${attempt.id} has not ended`);
  const { outcome } = attempt.state;
  const meant = attempt.stop === null || outcome === 'completed' ? outcome : meantBy(attempt.stop);
  switch (meant) {
    case 'completed':
      return [
        { kind: 'completed', why },
        nowMs,
        { exitCode, progress: job.progress && { ...job.progress, percent: 100 } },
      ];
    case 'cancelled':
      return [{ kind: 'cancelled', why }, nowMs, { exitCode }];
    case 'preempted':
      return [QUEUED, nowMs, {}];
    case 'refused':
      return [{ kind: 'failed', why }, nowMs, { exitCode }];
    case 'failed':
    case 'timeout':
    case 'lost': {
      const { retry } = job.spec;
      const freeMs = meant === 'lost' ? freeDelayMs(model, job, attempt) : null;
      if (freeMs !== null) return [queuedIn(freeMs, nowMs), nowMs, { progress: null }];
      // A signal of a stop or a timeout is ours, and says nothing of the program.
      const status = meant === 'failed' && attempt.exit !== null ? statusOf(attempt.exit) : exitCode;
      const isHopeless = status !== null && retry.notOn.includes(status);
      if (job.retries >= retry.max || isHopeless) return [{ kind: 'failed', why }, nowMs, { exitCode }];
      const delayMs = retry.delayMs * retry.factor ** job.retries;
      return [queuedIn(delayMs, nowMs), nowMs, { retries: job.retries + 1, exitCode, progress: null }];
    }
  }
}

const queuedIn = (delayMs: number, nowMs: number): JobState =>
  delayMs === 0 ? QUEUED : { kind: 'waiting', for: 'delay', untilMs: nowMs + delayMs };

const isOfLastRound = (model: Model, job: Job, { round }: Attempt): boolean =>
  job.lastAttempt !== null && model.jobs.attempt(job.lastAttempt)?.round === round;
/** Workers of other systems' protocols are told that it is over, as they expect. */
const isOfLauncher = ({ workers }: Model, { worker: id }: Attempt): boolean => {
  const worker = workers.get(id);
  return worker !== undefined && hasLauncher(worker);
};
/** What was asked to end for a reason ended for it, and that it failed on the way is part of it. A gang's reason is another node's end. */
const meantBy = ({ by, outcome }: Stop): AttemptOutcome => (by === GANG ? 'lost' : outcome);

const endOf = ({ state }: Attempt): string => (state.kind === 'ended' ? state.why : 'it goes on');
