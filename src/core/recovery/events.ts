/** Stories and incidents on the timeline: when a story enters a stage, and when an incident begins and ends. */
import { of, ofSubject, type Told } from '../event-words';
import type { Fact } from '../facts';
import type { Recovery } from '../model';
import { count, span } from '../spans';
import { BY } from './scene';
import { subjectOf } from './stories';

export function recoveryEvent(recovery: Recovery): Told {
  const { stage, found, decided, did, result, actor } = recovery;
  const level = stage === 'failed' ? 'error' : stage === 'detected' ? 'warning' : 'info';
  const isDecidedOnly = stage === 'detected' || actor === 'launcher';
  const told = result ?? (isDecidedOnly ? decided : did);
  return ofSubject(level, `recovery.${stage}`, subjectOf(recovery), actor ?? BY, `${found}; ${told}`);
}

export function incidentEvent({ kind, incident }: Extract<Fact, { kind: 'incident.began' | 'incident.ended' }>): Told {
  const { id, why, subjects, beganAtMs, endedAtMs } = incident;
  if (kind === 'incident.began') {
    const words = `incident ${id}: ${why}. ${BY} restarts and reassigns nothing until it is over; launchers go on with their own restarts`;
    return of('error', kind, null, BY, words);
  }
  const lasted = span((endedAtMs ?? beganAtMs) - beganAtMs);
  const words = `incident ${id} is over after ${lasted}: ${count(subjects.length, 'subject')} in all. What is still wrong is recovered a few at a time`;
  return of('info', kind, null, BY, words);
}
