/**
 * Workers that jobs are sent to over a stream (seed 004). What is said there is made from the rows: whatever a worker has
 * not answered is said again on its next stream, so nothing is lost with one.
 */
import { Refusal } from '../../../protocol/errors';
import type { WorkerId } from '../../../protocol/ids';
import { heard } from '../fleet/liveness';
import type { CommandOf, Decision, Effect } from '../commands';
import type { Fact } from '../facts';
import { contactOf, type Model, type Worker } from '../model';
import { refused } from '../refused';
import type { CoreSettings } from '../settings';
import { attemptOver } from './changes';
import { runWord, stopWord } from './job-words';
import type { Attempt } from './rows';

/** A new stream takes the place of an older one of the same worker. */
export function openStream(
  model: Model,
  { worker: id, connection }: CommandOf<'openStream'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'openStream'> {
  const worker = model.workers.get(id);
  if (worker?.type !== 'sse')
    return refused(new Refusal('unknown_worker', `worker ${id} is not registered here; register first`));
  const contact = contactOf(model, id, nowMs);
  const effects: Effect[] = [];
  if (contact.connection !== null)
    effects.push({ kind: 'closeConnection', connection: contact.connection, why: 'it opened another stream' });
  contact.connection = connection;
  contact.synced = true;
  contact.isLeaving = false;
  contact.lastContactMs = nowMs;
  for (const attempt of model.jobs.on(id)) effects.push(...unanswered(model, attempt));
  if (worker.isDraining) effects.push(...drainWords(model, worker));
  model.jobs.mayMatch = true;
  return { facts: heard(worker, nowMs), effects, reply: null };
}

function unanswered(model: Model, attempt: Attempt): Effect[] {
  if (attempt.stop !== null) return [stopWord(attempt, attempt.stop)];
  const job = attempt.state.kind === 'assigned' ? model.jobs.job(attempt.job) : null;
  return job === null ? [] : [runWord(model, job, attempt)];
}

/** Jobs that it was sent and has not answered: it was busy, and dropped them. */
export const unheard = (model: Model, worker: WorkerId, nowMs: number): Effect[] =>
  [...model.jobs.on(worker)]
    .filter(({ state, assignedAtMs }) => state.kind === 'assigned' && nowMs - assignedAtMs > HEARD_MS)
    .flatMap((attempt) => unanswered(model, attempt));
/** Its answer may be on its way. */
const HEARD_MS = 5_000;

/**
 * What it runs goes on to the end of its lease: it may be back before. What it has not begun is given to another at once, and
 * spends no retry: nothing ran of it.
 */
export function agentLeft(
  model: Model,
  { worker: id }: CommandOf<'agentLeft'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'agentLeft'> {
  const worker = model.workers.get(id);
  const contact = model.contacts.get(id);
  if (worker === undefined || contact === undefined || worker.presence.kind === 'lost')
    return { facts: [], effects: [], reply: null };
  const effects: Effect[] =
    contact.connection === null
      ? []
      : [{ kind: 'closeConnection', connection: contact.connection, why: 'it said goodbye' }];
  const presence = { kind: 'lost', sinceMs: nowMs, lastContactMs: contact.lastContactMs } as const;
  const unbegun = [...model.jobs.on(id)].filter(({ state, stop }) => state.kind === 'assigned' && stop === null);
  return {
    facts: [
      { kind: 'worker.presence', id, was: worker.presence.kind, presence },
      ...unbegun.map((attempt) => attemptOver(attempt, 'preempted', 'its worker left before it began', nowMs)),
    ],
    effects,
    reply: null,
  };
}

/** Null = as long as the job trusts a silent worker: our launchers end by themselves what they are not trusted with. */
export const streamLeaseMs = (model: Model, worker: WorkerId, { jobs }: CoreSettings): number | null =>
  model.workers.get(worker)?.type === 'sse' ? jobs.streamSilenceMs : null;

/** One that leaves after a job has nothing to wait for once it has none. */
export function drainWords({ jobs }: Model, { id, isEphemeral }: Worker): Effect[] {
  const drain: Effect = { kind: 'tellAgent', worker: id, word: { kind: 'drain' } };
  return isEphemeral === true && jobs.countOn(id) === 0 ? [drain, goodbye(id)] : [drain];
}

const goodbye = (worker: WorkerId): Effect => ({
  kind: 'tellAgent',
  worker,
  word: { kind: 'shutdown', reason: 'it is ephemeral, and its work is done' },
});

/** Its job has ended: nothing more comes to it, and it is sent home. */
export function afterLastJob(model: Model, { worker: id }: Attempt): { facts: Fact[]; effects: Effect[] } {
  const worker = model.workers.get(id);
  if (worker?.type !== 'sse' || worker.isEphemeral !== true || model.jobs.countOn(id) > 0)
    return { facts: [], effects: [] };
  const facts: Fact[] = worker.isDraining
    ? []
    : [{ kind: 'worker.draining', id, isDraining: true, by: 'the manager: it is ephemeral' }];
  return { facts, effects: [goodbye(id)] };
}
