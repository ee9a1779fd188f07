/** /api/recovery: what went wrong and what was done about it. `stats` and `history` are seed 002's, the rest is ours. */
import { z } from 'zod';
import { IncidentView, RecoveryView } from '../../../protocol/views';
import type { Recovery } from '../../core/model';
import { incidentView, recoveryView } from '../../core/recovery/view';
import { route, type HttpParts, type Route } from './route';
import { iso } from './seed-shapes';

const HISTORY_SHOWN = 10;
const STORIES_MAX = 500;

const RecoveryQuery = z.object({
  worker: z.string().optional(),
  process: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(STORIES_MAX).default(50),
});

export const recoveryRoutes = (parts: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/recovery',
    permission: 'fleet.read',
    summary:
      'What FailureHandler and the launchers recovered: totals, stories (newest first; of a `worker`, a `process`), and incidents',
    query: RecoveryQuery,
    reply: z.looseObject({ stories: z.array(RecoveryView), incidents: z.array(IncidentView) }),
    handle: ({ query: { worker, process, limit } }) => {
      const { recoveries, incidents } = parts.engine.read((model) => ({
        recoveries: [...model.recoveries.values()].reverse(),
        incidents: [...model.incidents.values()].reverse(),
      }));
      const stories = recoveries.filter(
        (story) => (worker ?? story.worker) === story.worker && (process ?? story.process) === story.process,
      );
      return {
        stats: recoveryStats(parts),
        history: stories.slice(0, HISTORY_SHOWN).map((story) => historyRow(story, parts.engine.nowMs)),
        stories: stories.slice(0, limit).map(recoveryView),
        incidents: incidents.map(incidentView),
      };
    },
  }),
];

export function recoveryStats({ engine }: HttpParts) {
  const { completed, failed } = engine.read((model) => model.recoveryTotals);
  const ended = completed + failed;
  return {
    total_recoveries: ended,
    successful_recoveries: completed,
    failed_recoveries: failed,
    success_rate: ended === 0 ? 1 : completed / ended,
  };
}

const historyRow = (story: Recovery, nowMs: number) => ({
  worker_id: story.worker,
  process: story.process,
  stage: story.stage,
  /** Seconds; of one that goes on: so far. */
  duration: ((story.endedAtMs ?? nowMs) - story.beganAtMs) / 1000,
  success: story.stage === 'completed',
  error: story.stage === 'failed' ? story.result : null,
  finding: story.found,
  began: iso(story.beganAtMs),
  ended: iso(story.endedAtMs),
});
