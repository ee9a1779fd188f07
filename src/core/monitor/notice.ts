/** What ProcessMonitor learns from facts, and not from samples: crash loops, and that what was found of a run is over with it. */
import type { Fact } from '../facts';
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import { judgeRestarts } from './crash-loop';
import { findingsBySamples, forgetCrossings } from './watcher';

/** Asked after each fact is applied. */
export function notice(model: Model, fact: Fact, settings: CoreSettings, nowMs: number): Fact[] {
  switch (fact.kind) {
    case 'process.reported':
      return judgeRestarts(model, fact, settings, nowMs);
    case 'run.ended':
      // The next run is judged afresh: one that is as unhealthy as the last must be found again, not missed.
      forgetCrossings(model, fact.key);
      return findingsBySamples(model, fact.key).map((finding) => ({
        kind: 'finding.cleared',
        subject: fact.key,
        finding,
      }));
    default:
      return [];
  }
}
