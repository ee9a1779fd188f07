/** Stories and incidents as people see them. */
import type { IncidentView, RecoveryView } from '../../../protocol/views';
import type { Incident, Recovery } from '../model';

export const recoveryView = (story: Recovery): RecoveryView => ({
  id: story.id,
  worker_id: story.worker,
  process: story.process,
  kind: story.kind,
  stage: story.stage,
  found: story.found,
  decided: story.decided,
  did: story.did,
  result: story.result,
  began_at_ms: story.beganAtMs,
  ended_at_ms: story.endedAtMs,
  attempt: story.attempt,
  attempts_max: story.attemptsMax,
  incident: story.incident,
});

export const incidentView = ({ id, beganAtMs, endedAtMs, why, subjects, releaseAtMs }: Incident): IncidentView => ({
  id,
  began_at_ms: beganAtMs,
  ended_at_ms: endedAtMs,
  why,
  subjects: [...subjects],
  release_at_ms: endedAtMs === null ? releaseAtMs : null,
});
