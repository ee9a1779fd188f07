/** When silence turns a worker stale, and then lost. */
import type { Effect } from '../commands';
import { hasLauncher, type Contact, type Model, type Worker } from '../model';
import type { CoreSettings } from '../settings';
import type { Fact } from '../facts';

/**
 * A worker that beats at the manager's pace is judged by the configured times exactly. A plain client beats as it
 * likes (the seed's: every 5 s), so it is given at least two of its own intervals before stale and three before lost.
 */
export function silenceLimits(worker: Worker, settings: CoreSettings): { staleAfterMs: number; lostAfterMs: number } {
  const configured = { staleAfterMs: settings.heartbeatTimeoutMs / 2, lostAfterMs: settings.heartbeatTimeoutMs };
  if (hasLauncher(worker)) return configured;
  return {
    staleAfterMs: Math.max(configured.staleAfterMs, 2 * worker.heartbeatIntervalMs),
    lostAfterMs: Math.max(configured.lostAfterMs, 3 * worker.heartbeatIntervalMs),
  };
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
