/** What a worker of SimpleTuner says of its job, in our words. The attempt that it means is found where it names none. */
import { Refusal } from '../../../protocol/errors';
import { exitOfCode } from '../../../protocol/exit';
import type { WorkerId } from '../../../protocol/ids';
import type { AttemptOutcome, JobId } from '../../../protocol/jobs';
import { LIMITS } from '../../../protocol/limits';
import type { JobStatusBody } from '../../../protocol/simpletuner';
import { attemptMeant } from '../../core/jobs/simpletuner-worker';
import type { Engine } from '../../engine/engine';
import { progressOf } from './progress';

interface Speaker {
  readonly worker: WorkerId;
  readonly mayNot: () => Refusal | null;
}

/** @throws Refusal unknown_job, forbidden, attempt_mismatch, job_over, lease_expired, and what `mayNot` says */
export async function hearStatus(
  engine: Engine,
  { worker, mayNot }: Speaker,
  job: JobId,
  body: JobStatusBody,
): Promise<void> {
  const attempt = engine.read((model) => {
    if (model.jobs.job(job) === null) throw new Refusal('unknown_job', `Job not found: ${job}`);
    const meant = attemptMeant(model, worker, job, body.attempt_id ?? null);
    if (meant === null) throw new Refusal('forbidden', `Worker not assigned to this job: ${worker} never had ${job}`);
    return meant.id;
  });
  const named = { worker, job, attempt };
  const outcome = OUTCOMES[body.status];
  if (outcome === undefined) {
    const { state } = await engine.submit({ kind: 'attemptStarted', ...named }, mayNot);
    if (state.kind === 'running' && body.progress != null && Object.keys(body.progress).length > 0)
      await engine.submit({ kind: 'attemptProgress', ...named, ...progressOf(body.progress) }, mayNot);
    return;
  }
  const why = (body.error ?? WHY[outcome]).slice(0, LIMITS.reasonCharsMax);
  const code = outcome === 'completed' ? 0 : exitCodeIn(body.error ?? '');
  const exit = code === null ? null : exitOfCode(code, engine.nowMs);
  await engine.submit({ kind: 'attemptEnded', ...named, outcome, why, exit, output: null }, mayNot);
}

type Ended = Extract<AttemptOutcome, 'completed' | 'failed' | 'cancelled'>;
const OUTCOMES: Readonly<Partial<Record<JobStatusBody['status'], Ended>>> = {
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
};
const WHY: Readonly<Record<Ended, string>> = {
  completed: 'completed, by its worker’s word',
  failed: 'failed, and its worker did not say why',
  cancelled: 'it says cancelled, and not why',
};

/** Its workers write the code into the sentence: `Training exited with code 3`. */
function exitCodeIn(error: string): number | null {
  const code = /exited with code (-?\d+)/.exec(error)?.[1];
  return code === undefined ? null : Number(code);
}
