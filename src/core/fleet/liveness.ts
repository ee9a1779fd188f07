/** When silence turns a worker stale, and then lost. */
import type { Effect } from '../commands';
import { hasLauncher, type Contact, type Model, type Worker } from '../model';
import type { CoreSettings } from '../settings';
import type { Fact } from '../facts';

/** How many of its own beats a worker without a launcher may miss. Sources: seeds 002 (5 s), 003 (180 s of 30 s). */
const BEATS_UNTIL_LOST = { plain: 3, claim: 6 } as const;

/**
 * A launcher beats at the manager's pace and is judged by the configured times exactly. Others beat as they like, so they
 * are given so many of their own intervals.
 */
export function silenceLimits(worker: Worker, settings: CoreSettings): { staleAfterMs: number; lostAfterMs: number } {
  const { heartbeatTimeoutMs } = settings;
  const { type, heartbeatIntervalMs } = worker;
  if (type === 'remote' || type === 'local')
    return { staleAfterMs: heartbeatTimeoutMs / 2, lostAfterMs: heartbeatTimeoutMs };
  const lostAfterMs =
    type === 'sse'
      ? settings.jobs.streamSilenceMs
      : Math.max(heartbeatTimeoutMs, BEATS_UNTIL_LOST[type] * heartbeatIntervalMs);
  return { staleAfterMs: Math.max(lostAfterMs / 2, Math.min(lostAfterMs, 2 * heartbeatIntervalMs)), lostAfterMs };
}

/** Presence changes that are due. */
export function judgeSilence(model: Model, settings: CoreSettings, nowMs: number): Fact[] {
  const facts: Fact[] = [];
  for (const worker of model.workers.values()) {
    const contact = model.contacts.get(worker.id);
    if (contact === undefined || worker.presence.kind === 'lost') continue;
    const { staleAfterMs, lostAfterMs } = silenceLimits(worker, settings);
    const silentMs = nowMs - contact.lastContactMs;
    const was = worker.presence.kind;
    if (silentMs >= lostAfterMs)
      facts.push({
        kind: 'worker.presence',
        id: worker.id,
        was,
        presence: { kind: 'lost', sinceMs: nowMs, lastContactMs: contact.lastContactMs },
      });
    else if (silentMs >= staleAfterMs && was !== 'stale')
      facts.push({ kind: 'worker.presence', id: worker.id, was, presence: { kind: 'stale', sinceMs: nowMs } });
  }
  return facts;
}

/** While the manager stood still nobody could be heard, as after a restart: silence and leases begin anew. */
export function countSilenceFrom({ workers, contacts, jobs }: Model, nowMs: number): void {
  for (const [id, contact] of contacts) if (workers.get(id)?.presence.kind !== 'lost') contact.lastContactMs = nowMs;
  for (const { id } of jobs.live()) jobs.renewedAtMs.set(id, nowMs);
}

/** When the next presence change falls due if nobody is heard from until then; null = never. */
export function nextSilenceMs(model: Model, settings: CoreSettings): number | null {
  let next: number | null = null;
  for (const worker of model.workers.values()) {
    const contact = model.contacts.get(worker.id);
    if (contact === undefined || worker.presence.kind === 'lost') continue;
    const { staleAfterMs, lostAfterMs } = silenceLimits(worker, settings);
    const dueMs = contact.lastContactMs + (worker.presence.kind === 'stale' ? lostAfterMs : staleAfterMs);
    if (next === null || dueMs < next) next = dueMs;
  }
  return next;
}

/** The fact that a worker is there, if that is news. */
export const heard = (worker: Worker, nowMs: number): Fact[] =>
  worker.presence.kind === 'present'
    ? []
    : [
        {
          kind: 'worker.presence',
          id: worker.id,
          was: worker.presence.kind,
          presence: { kind: 'present', sinceMs: nowMs },
        },
      ];

/** True when commands sent now reach the worker. */
export const isReachable = (worker: Worker, contact: Contact | undefined): boolean =>
  hasLauncher(worker) && contact?.connection != null && contact.synced && worker.presence.kind !== 'lost';

/**
 * A launcher is heard over its connection. When it was lost until now, what happened meanwhile is asked for and not
 * assumed; and nothing is sent before its table came, so that what waited for it goes before what is ordered from now on.
 */
export function heardOverLink(model: Model, worker: Worker, nowMs: number): { facts: Fact[]; effects: Effect[] } {
  const facts = heard(worker, nowMs);
  if (worker.presence.kind !== 'lost' || !hasLauncher(worker)) return { facts, effects: [] };
  const contact = model.contacts.get(worker.id);
  if (contact !== undefined) contact.synced = false;
  return { facts, effects: [{ kind: 'askForSync', worker: worker.id }] };
}
