/**
 * One turn of the engine, without its world: commands in, and everything that came of them out. Depth first: each
 * reaction of FailureHandler sees the model as the fact it reacts to has left it.
 */
import { type Refusal } from '../../protocol/errors';
import type { EventView } from '../../protocol/views';
import type { CommandOf, Effect, EngineCommand, Replies } from './commands';
import { decide } from './decide';
import { eventOf } from './events';
import { apply, type Fact } from './facts';
import { nothingTouched, type Touched } from './touched';
import type { Model } from './model';
import { notice } from './monitor/notice';
import { forget, place, reactJobs } from './jobs/react';
import { isOfJobs } from './jobs/words';
import { standingsAfter } from './processes/standings';
import { react } from './recovery/failure-handler';
import type { CoreSettings } from './settings';
import { auditOf, auditOfEnd } from './trust/audit-of';
import { bounded } from './trust/bounded';
import type { AuditRecord } from './trust/words';

export class Turn {
  readonly touched: Touched = nothingTouched();
  readonly facts: Fact[] = [];
  readonly effects: Effect[] = [];
  readonly events: EventView[] = [];
  readonly audit: AuditRecord[] = [];
  private readonly jobFacts: Fact[] = [];
  private isFollowing = false;

  constructor(
    private readonly model: Model,
    private readonly settings: CoreSettings,
    private readonly nowMs: number,
  ) {}

  take<K extends EngineCommand['kind']>(command: CommandOf<K>): Replies[K] | Refusal {
    const decision = decide(this.model, command, this.settings, this.nowMs);
    for (const record of auditOf(this.model, command, decision)) this.note(record);
    if (command.kind === 'tick') this.audit.push(...this.model.refusals.due(this.nowMs));
    if (command.kind === 'tellRefusals') this.audit.push(...this.model.refusals.rest(this.nowMs));
    for (const fact of decision.facts) if (isStillSo(this.model, fact)) this.happen(fact);
    this.effects.push(...decision.effects);
    return decision.reply;
  }

  /** After the last command: what is too much is forgotten, and jobs go where there is room now. */
  close(): void {
    forget(this.model, this.settings, (fact) => this.happen(fact));
    this.effects.push(...place(this.model, this.settings, this.nowMs, (fact) => this.happen(fact)));
  }

  private note(record: AuditRecord): void {
    const told = this.model.refusals.take(bounded(record), this.nowMs);
    if (told !== null) this.audit.push(told);
  }

  /** What follows for jobs comes after, one by one: a chain of ten thousand that fail for one is as deep as one. */
  private happen(fact: Fact): void {
    this.one(fact);
    if (this.isFollowing) return;
    this.isFollowing = true;
    for (let next = this.jobFacts.shift(); next !== undefined; next = this.jobFacts.shift())
      if (isStillSo(this.model, next)) this.one(next);
    this.isFollowing = false;
  }

  private one(fact: Fact): void {
    apply(this.model, fact, this.touched);
    this.facts.push(fact);
    const ended = auditOfEnd(fact);
    if (ended !== null) this.note(ended);
    const told = eventOf(fact);
    if (told !== null) this.events.push({ seq: ++this.model.eventSeq, at_ms: this.nowMs, ...told });
    // In the fleet nothing follows from facts of jobs, and there are more of them than of all others.
    const isOfFleet = !isOfJobs(fact);
    if (isOfFleet) for (const next of notice(this.model, fact, this.settings, this.nowMs)) this.happen(next);
    const jobs = reactJobs(this.model, fact, this.settings, this.nowMs);
    this.jobFacts.push(...jobs.facts);
    this.effects.push(...jobs.effects);
    if (!isOfFleet) return;
    const reaction = react(this.model, fact, this.settings, this.nowMs);
    for (const next of reaction.facts) this.happen(next);
    this.effects.push(...reaction.effects, ...standingsAfter(this.model, fact));
  }
}

/** Two may lead to the same end of a third, and a decision's first fact to what its last one says: it comes once. */
const isStillSo = ({ jobs }: Model, fact: Fact): boolean =>
  fact.kind !== 'job.changed' || jobs.job(fact.job.id)?.state.kind === fact.was;
