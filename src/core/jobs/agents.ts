/**
 * Workers that speak the seeds' own protocols: they claim (seed 003) or are sent to (seed 004), and tell of their attempts
 * one by one. Every word names the attempt, and counts only for the one that lives.
 */
import { Refusal } from '../../../protocol/errors';
import type { WorkerId } from '../../../protocol/ids';
import type { AttemptId, AttemptOutcome } from '../../../protocol/jobs';
import type { CommandOf, Decision } from '../commands';
import { admitPlain } from '../trust/admission';
import { contactOf, type Contact, type Model, type Worker } from '../model';
import { refused } from '../refused';
import type { CoreSettings } from '../settings';
import { assigned } from './assign';
import { attemptEdited, attemptOver, attemptStarted, jobEdited } from './changes';
import { placements } from './matching';
import { isLive, isOver, type Attempt, type Job } from './rows';
import { sealedIn } from './sealed-job';
import type { JobFact } from './words';

/** Source: API_JOBS 1A claim. A repeat of a request is answered with what it was given, as far as that lives, and renews it. */
export function claimJobs(
  model: Model,
  { worker: id, limit, leaseMs, requestId }: CommandOf<'claimJobs'>,
  settings: CoreSettings,
  nowMs: number,
): Decision<'claimJobs'> {
  const contact = model.contacts.get(id);
  if (contact === undefined)
    return refused(new Refusal('unknown_worker', `worker ${id} is not registered here; register first`));
  contact.lastContactMs = nowMs;
  const given = requestId === null ? null : givenTo(model, id, contact, requestId);
  if (given !== null) {
    const again = given.flatMap((attempt) => {
      const row = model.jobs.attempt(attempt);
      const job = row === null ? null : model.jobs.job(row.job);
      const isThere = row !== null && job !== null && isLive(row);
      // Its answer names a lease from now on.
      if (isThere && row.stop === null) model.jobs.renewedAtMs.set(row.id, nowMs);
      // The key may have been lost since.
      return isThere && sealedIn(job) === null ? [{ attempt: row, job }] : [];
    });
    return { facts: [], effects: [], reply: again };
  }
  let { epoch } = model.jobs;
  const facts: JobFact[] = [];
  const reply: { job: Job; attempt: Attempt }[] = [];
  for (const placement of placements(model, settings, nowMs, { worker: id, limit })) {
    const begun = assigned(placement, epoch, () => leaseMs, nowMs, requestId);
    epoch += begun.attempts.length;
    facts.push(...begun.facts);
    for (const attempt of begun.attempts) reply.push({ job: begun.job, attempt });
  }
  if (requestId !== null) contact.lastClaim = { requestId, attempts: reply.map(({ attempt }) => attempt.id) };
  return { facts, effects: [], reply };
}

/** What a claim was given before; null = it is new. A manager that was started since knows it by its attempts. */
function givenTo(
  { jobs }: Model,
  worker: WorkerId,
  { lastClaim }: Contact,
  requestId: string,
): readonly AttemptId[] | null {
  if (lastClaim?.requestId === requestId) return lastClaim.attempts;
  const living = [...jobs.on(worker)].filter(({ claim }) => claim === requestId).map((attempt) => attempt.id);
  return living.length === 0 ? null : living;
}

export function startAttempt(
  model: Model,
  command: CommandOf<'attemptStarted'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'attemptStarted'> {
  const attempt = liveAttempt(model, command, nowMs);
  if (attempt instanceof Refusal) return refused(attempt);
  if (attempt.state.kind === 'running') return { facts: [], effects: [], reply: attempt };
  const fact = attemptStarted(attempt, nowMs);
  return { facts: [fact], effects: [], reply: fact.attempt };
}

export function tellProgress(
  model: Model,
  command: CommandOf<'attemptProgress'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'attemptProgress'> {
  const attempt = liveAttempt(model, command, nowMs);
  if (attempt instanceof Refusal) return refused(attempt);
  const job = model.jobs.job(attempt.job);
  const { percent, message } = command;
  return {
    facts: job === null ? [] : [jobEdited(job, { progress: { percent, message } })],
    effects: [],
    reply: attempt,
  };
}

/** The same end told again is answered as the first time. A lost attempt's counts while nobody has begun anew. */
export function endAttempt(
  model: Model,
  command: CommandOf<'attemptEnded'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'attemptEnded'> {
  const attempt = ownAttempt(model, command);
  if (attempt instanceof Refusal) return refused(attempt);
  const job = model.jobs.job(attempt.job);
  if (job === null) return refused(noAttempt(command.job));
  const { exit, output } = command;
  const { outcome, why } = asItCounts(model, attempt, command);
  if (attempt.state.kind === 'ended') {
    const isLate = attempt.state.outcome === 'lost' && attempt.exit === null;
    // Given up unasked, it was recorded as lost the first time: nothing of it is new.
    const isAgain = outcome === 'lost' && exit === null && (output === null || attempt.output !== null);
    if (!isLate || isAgain) return { facts: [], effects: [], reply: { attempt, job } };
    const late = attemptOver(attempt, outcome, why, nowMs, { exit, output });
    const stillCounts = !isOver(job) && model.jobs.liveOf(job.id).length === 0 && job.lastAttempt === attempt.id;
    // What it wrote is kept all the same.
    return { facts: [late], effects: [], reply: stillCounts ? { attempt: late.attempt, job } : mismatch(job, attempt) };
  }
  const fact = attemptOver(attempt, outcome, why, nowMs, { exit, output });
  return { facts: [fact], effects: [], reply: { attempt: fact.attempt, job } };
}

/**
 * Cancelled is what somebody asked for. A worker that says so unasked gave it up because it is being shut down (a spot instance, a
 * Ctrl-C): another is to run it, and this one is given nothing before it is heard again.
 */
function asItCounts(
  model: Model,
  { worker, stop, state }: Attempt,
  { outcome, why }: CommandOf<'attemptEnded'>,
): { readonly outcome: AttemptOutcome; readonly why: string } {
  if (outcome !== 'cancelled') return { outcome, why };
  if (stop !== null) return { outcome, why: stop.why };
  const contact = model.contacts.get(worker);
  if (contact !== undefined && state.kind !== 'ended') contact.isLeaving = true;
  return { outcome: 'lost', why: `Worker ${worker} gave it up by itself, as one that is being shut down: ${why}` };
}

/** In memory, as long as it asks for the length that it has: a renewal is no fact. */
export function renewLease(
  model: Model,
  command: CommandOf<'renewLease'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'renewLease'> {
  const attempt = liveAttempt(model, command, nowMs);
  if (attempt instanceof Refusal) return refused(attempt);
  const expiresAtMs = nowMs + command.extendMs;
  const facts = command.extendMs === attempt.leaseMs ? [] : [attemptEdited(attempt, { leaseMs: command.extendMs })];
  return { facts, effects: [], reply: { attempt, expiresAtMs } };
}

/** Source: API_JOBS section 2, "Attempt/fencing": other attempt 409/30001, finished 409/30002, expired 410/30003. */
function liveAttempt(
  model: Model,
  asked: { readonly worker: string; readonly job: string; readonly attempt: AttemptId },
  nowMs: number,
): Attempt | Refusal {
  const attempt = ownAttempt(model, asked);
  if (attempt instanceof Refusal) return attempt;
  const job = model.jobs.job(attempt.job);
  if (job === null) return noAttempt(asked.job);
  if (attempt.state.kind === 'ended')
    return attempt.state.outcome === 'lost' && !isOver(job)
      ? new Refusal('lease_expired', `the lease of attempt ${attempt.id} is over; end what still runs of it`)
      : new Refusal('job_over', `job ${job.id} is ${isOver(job) ? job.state.kind : 'not with this attempt any more'}`);
  if (attempt.stop !== null) {
    expectSilentEnd(model, attempt, job, nowMs);
    return new Refusal('job_over', `attempt ${attempt.id} is to end: ${attempt.stop.why}; stop it and tell its end`);
  }
  model.jobs.renewedAtMs.set(attempt.id, nowMs);
  return attempt;
}

/**
 * An agent of seed 003 kills what it is refused and says no more of it. Once it has heard so there is nothing to wait for
 * but its grace: a cancelled task must not look alive, and hold its slot, for the rest of a long lease.
 */
function expectSilentEnd(model: Model, attempt: Attempt, job: Job, nowMs: number): void {
  if (model.workers.get(attempt.worker)?.type !== 'claim') return;
  const endsAtMs = nowMs + job.spec.timeouts.graceMs + SILENT_END_MS;
  if ((model.jobs.renewedAtMs.get(attempt.id) ?? attempt.assignedAtMs) + attempt.leaseMs <= endsAtMs) return;
  model.jobs.renewedAtMs.set(attempt.id, endsAtMs - attempt.leaseMs);
  model.jobs.due.add(endsAtMs, { kind: 'lease', id: attempt.id });
}
const SILENT_END_MS = 5_000;

function ownAttempt(
  model: Model,
  asked: { readonly worker: string; readonly job: string; readonly attempt: AttemptId },
): Attempt | Refusal {
  const job = model.jobs.job(asked.job);
  if (job === null) return noAttempt(asked.job);
  const attempt = model.jobs.attempt(asked.attempt);
  if (attempt?.job !== job.id || attempt.worker !== asked.worker) return mismatch(job, { id: asked.attempt });
  return attempt;
}

const noAttempt = (job: string): Refusal => new Refusal('unknown_job', `there is no job ${job}`);
const mismatch = (job: Job, { id }: { readonly id: string }): Refusal =>
  isOver(job)
    ? new Refusal('job_over', `job ${job.id} is ${job.state.kind}; attempt ${id} changes nothing any more`)
    : new Refusal('attempt_mismatch', `attempt ${id} is not the one that has job ${job.id} now`);

/** What it says it still runs and what is recorded of it are brought together: it goes on with what is its own. */
export function registerAgent(
  model: Model,
  command: CommandOf<'registerAgent'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'registerAgent'> {
  const earlier = model.workers.get(command.worker);
  if (earlier !== undefined && earlier.type !== command.type)
    return refused(
      new Refusal('worker_taken', `worker id ${command.worker} is taken by a worker of another kind (${earlier.type})`),
    );
  const admission = admitPlain(model, command.worker, command.account);
  if ('refusal' in admission) return refused(admission.refusal);
  const contact = contactOf(model, command.worker, nowMs);
  contact.lastContactMs = nowMs;
  contact.isLeaving = false;
  const isEphemeral = command.isEphemeral ?? admission.account?.workerType === 'ephemeral';
  const live = [...model.jobs.on(command.worker)];
  const worker: Worker = {
    id: command.worker,
    type: command.type,
    hostname: command.hostname,
    labels: { ...command.labels, ...admission.account?.labels },
    version: command.version,
    instance: null,
    ackedSeq: 0,
    registeredAtMs: earlier?.registeredAtMs ?? nowMs,
    heartbeatIntervalMs: command.heartbeatIntervalMs,
    presence: { kind: 'present', sinceMs: nowMs },
    // One that left after its job and is back has come for another.
    isDraining: isEphemeral && live.length === 0 ? false : (earlier?.isDraining ?? false),
    slots: command.slots,
    gpus: command.gpus,
    isEphemeral,
  };
  const holds = command.holds ?? live.map(({ id }) => id);
  const keep = live.filter(({ id }) => holds.includes(id)).map(({ id }) => id);
  for (const id of keep) model.jobs.renewedAtMs.set(id, nowMs);
  const gone = live.filter(({ id }) => !holds.includes(id));
  return {
    facts: [
      ...admission.facts,
      { kind: 'worker.registered', worker, isNew: earlier === undefined },
      ...gone.map((attempt) => attemptOver(attempt, 'lost', 'its worker came back without it', nowMs)),
    ],
    effects: [],
    reply: { keep, abandon: holds.filter((id) => !keep.includes(id)) },
  };
}
