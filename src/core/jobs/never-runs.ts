/** Told at once, so that nobody waits for a job that no worker can ever run. */
import type { JobNeeds, JobSpec } from '../../../protocol/jobs';
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import { unfit } from './room';
import { isOver, type Job } from './rows';

/** Workers whose reasons are told, and jobs that are told of. */
const TOLD_MAX = 5;

/** A sentence for each kind of job that no known worker can run as both are. Jobs that are equal are one. */
export function neverRuns(model: Model, jobs: readonly Job[], settings: CoreSettings): string[] {
  const sentences: string[] = [];
  const looked = new Set<string>();
  let [lastNeeds, wasBoxed]: [JobNeeds | null, boolean] = [null, false];
  for (const job of jobs) {
    const { needs, container } = job.spec;
    const isBoxed = container !== null;
    if ((needs === lastNeeds && isBoxed === wasBoxed) || isOver(job) || job.state.kind === 'active') continue;
    [lastNeeds, wasBoxed] = [needs, isBoxed];
    const kind = jobs.length === 1 ? '' : JSON.stringify([needs, isBoxed]);
    if (looked.has(kind)) continue;
    const reasons = reasonsAgainst(model, job.spec, settings);
    looked.add(kind);
    if (reasons !== null && sentences.length < TOLD_MAX)
      sentences.push(`job ${job.id} is queued, but no known worker can ever run it: ${reasons}`);
  }
  return sentences;
}

/** Null = there are enough that could. */
function reasonsAgainst(model: Model, spec: JobSpec, settings: CoreSettings): string | null {
  const reasons: string[] = [];
  let fitting = 0;
  for (const worker of model.workers.values()) {
    const reason = unfit(model, worker, spec, settings);
    if (reason !== null) reasons.push(`${worker.id}: ${reason}`);
    else if (++fitting === spec.needs.nodes) return null;
  }
  if (fitting > 0) return `it needs ${spec.needs.nodes} workers at once, and ${fitting} could run it`;
  if (reasons.length === 0) return 'there is no worker yet';
  const more = reasons.length > TOLD_MAX ? ` and ${reasons.length - TOLD_MAX} more` : '';
  return reasons.slice(0, TOLD_MAX).join('; ') + more;
}
