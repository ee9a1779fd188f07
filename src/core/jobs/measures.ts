/** What facts of jobs tell of the queue's pace: how long jobs waited, how long attempts ran, how they ended. */
import type { AttemptOutcome } from '../../../protocol/jobs';
import type { Fact } from '../facts';
import type { Model } from '../model';
import { LEASE_EXPIRED } from './leases';
import { endedAtMs } from './run-time';

export interface Measures {
  /** From submission to the first start, of jobs that began. Milliseconds. */
  readonly waitsMs: number[];
  /** From start to end. Milliseconds. */
  readonly runsMs: number[];
  readonly outcomes: AttemptOutcome[];
  leasesExpired: number;
}

export function measuresOf(model: Model, facts: readonly Fact[]): Measures {
  const measures: Measures = { waitsMs: [], runsMs: [], outcomes: [], leasesExpired: 0 };
  for (const fact of facts) {
    if (fact.kind !== 'attempt.changed') continue;
    const { attempt, was } = fact;
    const { state, startedAtMs } = attempt;
    if (was === 'assigned' && startedAtMs !== null && model.jobs.attemptsOf(attempt.job)[0]?.round === attempt.round) {
      const job = model.jobs.job(attempt.job);
      if (job !== null && attempt.node === 0) measures.waitsMs.push(startedAtMs - job.submittedAtMs);
    }
    if (state.kind !== 'ended' || was === 'ended') continue;
    measures.outcomes.push(state.outcome);
    if (startedAtMs !== null) measures.runsMs.push((endedAtMs(attempt) ?? state.atMs) - startedAtMs);
    if (state.outcome === 'lost' && state.why === LEASE_EXPIRED) measures.leasesExpired += 1;
  }
  return measures;
}
