/** What launchers tell of their attempts, and what their whole tables mean for the rows. */
import type { LauncherFact } from '../../../protocol/link';
import { epochOfAttempt, type AttemptId } from '../../../protocol/jobs';
import type { Effect } from '../commands';
import { noContainers, runsContainers } from '../fleet/abilities';
import type { Model, Worker } from '../model';
import { attemptEdited, attemptOver, attemptStarted, jobEdited } from './changes';
import { forgetWord, runWord, stopWord } from './job-words';
import { awaitEnd, endTold } from './late-ends';
import { isLive, type Attempt } from './rows';
import { ranFor } from './run-time';
import { noteTrouble } from './trouble';
import type { JobFact } from './words';

type AttemptFact = Extract<LauncherFact, { attempt: AttemptId }>;

/** One message's facts of attempts: each sees what those before it in the message have changed. */
export class AttemptsTold {
  private readonly newest = new Map<AttemptId, Attempt>();

  constructor(
    private readonly model: Model,
    private readonly worker: Worker,
    private readonly nowMs: number,
    private readonly heardAtMs = nowMs,
  ) {}

  take(fact: AttemptFact): { facts: JobFact[]; effects: Effect[] } {
    const attempt = this.newest.get(fact.attempt) ?? this.model.jobs.attempt(fact.attempt);
    // Never ours, or long forgotten: its launcher need not keep it.
    if (attempt?.worker !== this.worker.id)
      return { facts: [], effects: [forgetWord({ worker: this.worker.id, id: fact.attempt })] };
    switch (fact.kind) {
      case 'attempt.started': {
        const { run, isolation, unenforced } = fact;
        // Mostly all is in force, and rows are many.
        const held = { isolation, ...(unenforced.length === 0 ? {} : { unenforced }) };
        if (attempt.state.kind === 'assigned')
          return this.changed(attemptStarted(attempt, this.heardAtMs, { run, ...held }));
        if (attempt.run !== run || !isLive(attempt) || isHeldSo(attempt, fact)) return nothing;
        return this.changed(attemptEdited(attempt, { isolation, unenforced }));
      }
      case 'attempt.progress': {
        const job = this.model.jobs.job(attempt.job);
        if (job === null || !isLive(attempt)) return nothing;
        return { facts: [jobEdited(job, { progress: { percent: fact.percent, message: fact.message } })], effects: [] };
      }
      case 'attempt.ended': {
        endTold(this.model, attempt);
        const isHindered = fact.isHindered === true && attempt.state.kind === 'assigned' && fact.outcome === 'lost';
        if (isHindered) noteTrouble(this.model, this.worker.id, this.nowMs);
        const told = this.changed(...endedAs(isHindered ? { ...attempt, isHindered } : attempt, fact, this.nowMs));
        return { facts: told.facts, effects: [forgetWord(attempt)] };
      }
    }
  }

  private changed(...facts: JobFact[]): { facts: JobFact[]; effects: Effect[] } {
    for (const fact of facts) if (fact.kind === 'attempt.changed') this.newest.set(fact.attempt.id, fact.attempt);
    return { facts, effects: [] };
  }
}

const nothing = { facts: [], effects: [] };

/** An empty word of a launcher that was restarted takes back nothing: it is said before its run was looked at. */
const isHeldSo = (
  { isolation, unenforced = [] }: Pick<Attempt, 'isolation' | 'unenforced'>,
  told: Extract<AttemptFact, { kind: 'attempt.started' }>,
): boolean =>
  told.isolation.length + told.unenforced.length === 0 ||
  JSON.stringify([isolation, unenforced]) === JSON.stringify([told.isolation, told.unenforced]);

const isLost = ({ state }: Attempt): boolean => state.kind === 'ended' && state.outcome === 'lost';
/** Given up unheard, at the end of its lease: what its launcher knows of its end is still wanted. */
const isUnheard = ({ state, exit }: Attempt): boolean => state.kind === 'ended' && exit === null;

/** Once. A result is recorded however late it comes; whether it still counts is the job's (outcome.ts). */
function endedAs(attempt: Attempt, fact: Extract<AttemptFact, { kind: 'attempt.ended' }>, nowMs: number): JobFact[] {
  const { run, exit, outputBytes } = fact;
  // Asked to stop it may have been given up as cancelled or preempted; without an exit there is no more to learn of it.
  const isLate = isUnheard(attempt) && (exit !== null || isLost(attempt));
  if (!isLive(attempt) && !isLate) return [];
  const ran = ranFor(attempt, run, exit, nowMs);
  return [attemptOver(attempt, fact.outcome, fact.why, nowMs, { run: run ?? attempt.run, exit, outputBytes, ...ran })];
}

/** What is live here and not held there is said again, or was lost with its launcher's disk; what is held there and not live here goes. */
export function syncAttempts(
  model: Model,
  worker: Worker,
  held: readonly AttemptId[],
  nowMs: number,
): { facts: JobFact[]; effects: Effect[] } {
  const facts: JobFact[] = [];
  const effects: Effect[] = [];
  const told = new Set(held);
  // A manager that was put back to an earlier day has given numbers that it does not know: none comes again.
  for (const id of held) model.jobs.raiseEpoch(epochOfAttempt(id));
  for (const attempt of model.jobs.on(worker.id)) {
    if (told.has(attempt.id)) model.jobs.renewedAtMs.set(attempt.id, nowMs);
    else if (attempt.stop !== null) facts.push(attemptOver(attempt, attempt.stop.outcome, attempt.stop.why, nowMs));
    else if (attempt.state.kind === 'assigned') {
      const job = model.jobs.job(attempt.job);
      // Another launcher is here than the one that it was given to. Nothing ran of it.
      if (job !== null && job.spec.container !== null && !runsContainers(worker))
        facts.push(attemptOver(attempt, 'preempted', noContainers(worker), nowMs));
      else if (job !== null) effects.push(runWord(model, job, attempt));
    } else facts.push(attemptOver(attempt, 'lost', 'its launcher no longer knows it: its data is gone', nowMs));
    if (told.has(attempt.id) && attempt.stop !== null) effects.push(stopWord(attempt, attempt.stop));
  }
  for (const id of held) {
    const attempt = model.jobs.attempt(id);
    if (attempt?.worker !== worker.id) effects.push(forgetWord({ worker: worker.id, id }));
    else if (attempt.state.kind !== 'ended') continue;
    else if (isUnheard(attempt)) {
      // It may have ended by itself: its result is wanted. If it runs it is stopped.
      const { outcome } = attempt.state;
      awaitEnd(model, attempt, nowMs);
      effects.push(
        stopWord(attempt, { outcome, forJob: null, by: 'the manager', why: 'its lease was over', atMs: nowMs }),
      );
    } else effects.push(forgetWord(attempt));
  }
  return { facts, effects };
}
