/** The making of a line of the timeline: about a worker, a process, or whichever a subject names. */
import type { EventView } from '../../protocol/views';

/** Its number and its time are given when it is told. */
export type Told = Omit<EventView, 'seq' | 'at_ms'>;

export const of = (level: Told['level'], kind: string, worker: string | null, by: string, message: string): Told => ({
  kind,
  level,
  worker_id: worker,
  process: null,
  run_id: null,
  by,
  message,
});

export function ofProcess(level: Told['level'], kind: string, key: string, by: string, message: string): Told {
  const slash = key.indexOf('/');
  return { ...of(level, kind, key.slice(0, slash), by, message), process: key.slice(slash + 1) };
}

export const ofSubject = (level: Told['level'], kind: string, subject: string, by: string, message: string): Told =>
  subject.includes('/') ? ofProcess(level, kind, subject, by, message) : of(level, kind, subject, by, message);
