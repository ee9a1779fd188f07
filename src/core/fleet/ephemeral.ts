/**
 * Ephemeral workers (seed 004) are forgotten by themselves, with their credentials: one that has been offline for an hour,
 * and a credential that nobody has used within five minutes. Source: API_JOBS 1B, "Numbers".
 */
import { OFFLINE_KEPT_MS, UNUSED_KEPT_MS } from '../../../protocol/simpletuner';
import type { Fact } from '../facts';
import type { Model } from '../model';
import type { Account } from '../trust/rows';

const BY = 'the manager';

export function ephemeralDue(model: Model, nowMs: number): Fact[] {
  const facts: Fact[] = [];
  for (const account of model.trust.ephemeral.values()) {
    const endMs = endOf(model, account);
    if (endMs === null || endMs > nowMs) continue;
    facts.push({ kind: 'account.set', id: account.id, account: null });
    if (account.worker !== null && model.workers.has(account.worker))
      facts.push({ kind: 'worker.removed', id: account.worker, why: 'ephemeral, and offline for long', by: BY });
  }
  return facts;
}

/** Null = nothing falls due. */
export function nextEphemeralMs(model: Model): number | null {
  let next: number | null = null;
  for (const account of model.trust.ephemeral.values()) {
    const endMs = endOf(model, account);
    if (endMs !== null && (next === null || endMs < next)) next = endMs;
  }
  return next;
}

/** Null = it stays. What a worker still holds is its jobs' to decide first. */
function endOf({ workers, jobs }: Model, { worker: id, createdAtMs }: Account): number | null {
  if (id === null) return createdAtMs + UNUSED_KEPT_MS;
  const worker = workers.get(id);
  if (worker?.type !== 'sse' || worker.presence.kind !== 'lost' || jobs.countOn(id) > 0) return null;
  return worker.presence.sinceMs + OFFLINE_KEPT_MS;
}
