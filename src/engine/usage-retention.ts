/** Usage over time leaves with what it is of. That of an attempt is out of memory with its end, and forgotten with its job. */
import type { ProcessName, WorkerId } from '../../protocol/ids';
import { attemptProcess, type JobId } from '../../protocol/jobs';
import { isLive, type Attempt } from '../core/jobs/rows';
import type { Engine } from './engine';
import type { UsageHistory } from './usage-port';

export function retainUsage(engine: Engine, usage: Pick<UsageHistory, 'end' | 'forget'>): void {
  /** Attempts of which there may be something, by job: when that is forgotten, they are gone from the model already. */
  const measured = new Map<JobId, Pick<Attempt, 'id' | 'worker'>[]>();
  const keep = ({ job, id, worker }: Attempt): void => {
    const own = measured.get(job);
    if (own === undefined) measured.set(job, [{ id, worker }]);
    else own.push({ id, worker });
  };
  const hasRun = (attempt: Attempt): boolean => attempt.startedAtMs !== null && !isLive(attempt);
  engine.read(({ jobs }) => {
    for (const attempt of jobs.attempts.values()) if (hasRun(attempt)) keep(attempt);
  });
  engine.feed.listen(({ facts }) => {
    for (const fact of facts)
      if (fact.kind === 'worker.removed') usage.forget(fact.id, null);
      else if (fact.kind === 'process.removed') {
        const [worker = '', process = ''] = fact.key.split('/');
        usage.forget(worker as WorkerId, process as ProcessName);
      } else if (fact.kind === 'attempt.changed' && hasRun(fact.attempt)) {
        if (usage.end(fact.attempt.worker, attemptProcess(fact.attempt.id))) keep(fact.attempt);
      } else if (fact.kind === 'job.forgotten') {
        for (const { id, worker } of measured.get(fact.id) ?? []) usage.forget(worker, attemptProcess(id));
        measured.delete(fact.id);
      }
  });
}
