/** `procguard recovery`: each story in its four sentences, and incidents before them. */
import type { IncidentView, RecoveryView } from '../../../protocol/views';
import { age, localTime } from './amounts';
import type { Colour, Paint } from './paint';
import { sentence } from './sentence';
import { padEnd, printable } from './text-width';

const SUBJECTS_SHOWN = 10;

export function storyLines(story: RecoveryView, nowMs: number, paint: Paint): string[] {
  const { worker_id: worker, process, kind, stage, began_at_ms: beganMs, ended_at_ms: endedMs } = story;
  const colour: Colour | null = stage === 'failed' ? 'red' : stage === 'completed' ? 'green' : 'yellow';
  const took = endedMs === null ? `${age(nowMs - beganMs)} so far` : `after ${age(endedMs - beganMs)}`;
  const attempt = story.attempts_max > 1 ? `, attempt ${story.attempt} of ${story.attempts_max}` : '';
  const incident = story.incident === null ? '' : `, part of incident ${story.incident}`;
  const subject = process === null ? worker : `${worker}/${process}`;
  return [
    `${paint(localTime(beganMs), 'dim')}  ${paint(subject, 'bold')}  ${kind}  ${paint(stage, colour)} ${took}${attempt}${incident}`,
    ...(
      [
        ['found', story.found],
        ['decided', story.decided],
        ['did', story.did],
        ['result', story.result ?? 'not yet'],
      ] as const
    ).map(([name, value]) => `  ${padEnd(name, 8)} ${sentence(value)}`),
  ];
}

export function incidentLines(incident: IncidentView, nowMs: number, paint: Paint): string[] {
  const { id, began_at_ms: beganMs, ended_at_ms: endedMs, release_at_ms: releaseMs, why, subjects } = incident;
  const state = endedMs === null ? paint('goes on', 'red') : `over after ${age(endedMs - beganMs)}`;
  const more = subjects.length > SUBJECTS_SHOWN ? ` and ${subjects.length - SUBJECTS_SHOWN} more` : '';
  return [
    `${paint(localTime(beganMs), 'dim')}  ${paint(`incident ${id}`, 'bold')}  ${state}`,
    `  why      ${sentence(why)}`,
    `  in it    ${printable(subjects.slice(0, SUBJECTS_SHOWN).join(', '))}${more}`,
    ...(releaseMs === null
      ? []
      : [`  then     FailureHandler holds back; it lets go in ${age(releaseMs - nowMs)} if nothing more fails`]),
  ];
}
