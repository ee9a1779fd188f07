/**
 * Processes that were defined from here (define.ts): facts tell how they are and not what they are, so the definition
 * is taken from the command that is still waiting for its answer. A process of which nothing is known at all is a
 * stranger, and the launcher is asked for its whole table.
 */
import { processKey, type CommandId, type ProcessKey, type ProcessName } from '../../../protocol/ids';
import type { LauncherFact } from '../../../protocol/link';
import type { ProcessSpec } from '../../../protocol/process-spec';
import type { ProcessReport } from '../../../protocol/process-state';
import type { AttemptId } from '../../../protocol/jobs';
import type { Fact } from '../facts';
import { newProcess, type Model, type Worker } from '../model';

/** Lives for one message: the model changes only after the whole of it was read. */
export class Newcomers {
  hasStranger = false;
  /** What earlier facts of this message have made known, or removed. */
  private readonly changed = new Map<ProcessKey, boolean>();

  constructor(
    private readonly model: Model,
    private readonly worker: Worker,
  ) {}

  /** What must be defined before this fact is applied. */
  definitions(fact: Exclude<LauncherFact, { attempt: AttemptId }>): Fact[] {
    switch (fact.kind) {
      case 'process.changed':
        return this.met(fact.report);
      case 'command.done':
        return this.defined(fact.id);
      case 'process.removed':
        this.changed.set(processKey(this.worker.id, fact.process), false);
        return [];
      case 'run.started':
      case 'run.ended':
        return [];
    }
  }

  private met(report: ProcessReport): Fact[] {
    const name = report.name as ProcessName;
    const key = processKey(this.worker.id, name);
    if (this.changed.get(key) ?? this.model.processes.has(key)) return [];
    const spec = this.specOnItsWay(name);
    if (spec === null) {
      this.hasStranger = true;
      return [];
    }
    this.changed.set(key, true);
    return [{ kind: 'process.defined', process: newProcess(this.worker.id, spec, report), isNew: true }];
  }

  /** A process that was known keeps its old definition until its launcher has taken the new one. */
  private defined(id: CommandId): Fact[] {
    const message = this.model.commands.get(id)?.message;
    if (message?.kind !== 'define') return [];
    const { spec } = message;
    const key = processKey(this.worker.id, spec.name);
    const known = this.model.processes.get(key);
    if (known === undefined || JSON.stringify(known.spec) === JSON.stringify(spec)) return [];
    return [{ kind: 'process.redefined', key, spec }];
  }

  private specOnItsWay(name: ProcessName): ProcessSpec | null {
    let newest: ProcessSpec | null = null;
    for (const { message } of this.model.commands.of(this.worker.id))
      if (message.kind === 'define' && message.spec.name === name) newest = message.spec;
    return newest;
  }
}
