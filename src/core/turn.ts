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
import { place, reactJobs } from './jobs/react';
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
    for (const fact of decision.facts) this.happen(fact);
    this.effects.push(...decision.effects);
    return decision.reply;
  }

  /** After the last command: jobs go where there is room now. */
  close(): void {
    this.effects.push(...place(this.model, this.settings, this.nowMs, (fact) => this.happen(fact)));
  }

  private note(record: AuditRecord): void {
    const told = this.model.refusals.take(bounded(record), this.nowMs);
    if (told !== null) this.audit.push(told);
  }

  private happen(fact: Fact): void {
    apply(this.model, fact, this.touched);
    this.facts.push(fact);
    const ended = auditOfEnd(fact);
    if (ended !== null) this.note(ended);
    const told = eventOf(fact);
    if (told !== null) this.events.push({ seq: ++this.model.eventSeq, at_ms: this.nowMs, ...told });
    for (const next of notice(this.model, fact, this.settings, this.nowMs)) this.happen(next);
    const jobs = reactJobs(this.model, fact, this.settings, this.nowMs);
    for (const next of jobs.facts) this.happen(next);
    this.effects.push(...jobs.effects);
    const reaction = react(this.model, fact, this.settings, this.nowMs);
    for (const next of reaction.facts) this.happen(next);
    this.effects.push(...reaction.effects, ...standingsAfter(this.model, fact));
  }
}
