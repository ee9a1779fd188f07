/** What a start takes with it: everything that the process depends on and that would not come up by itself. */
import { dependencyKey, type DependencyCondition } from '../../../protocol/dependencies';
import { Refusal } from '../../../protocol/errors';
import type { ProcessKey } from '../../../protocol/ids';
import type { Model, Process } from '../model';
import { disabledOf, disabledText } from './disabled';
import { standingIn } from './standings';

/**
 * The processes to be started too, those that others depend on first. A condition that holds needs nothing, and what
 * is wanted to run and on its way neither; but the way to it is looked at, in case it waits for one that is not.
 */
export function pulledIn(model: Model, process: Process, nowMs: number): readonly Process[] | Refusal {
  const found: Process[] = [];
  const seen = new Set<ProcessKey>([process.key]);
  const look = (dependent: Process): Refusal | null => {
    for (const [written, condition] of Object.entries(dependent.spec?.dependsOn ?? {})) {
      const key = dependencyKey(dependent.worker, written);
      const wanted = model.processes.get(key as ProcessKey);
      if (wanted === undefined || seen.has(wanted.key) || standingIn(model, key)[condition]) continue;
      seen.add(wanted.key);
      const disabled = disabledOf(model, wanted, nowMs);
      if (disabled !== null) return refusal(process, dependent, wanted, condition, disabledText(disabled));
      const trouble = look(wanted);
      if (trouble !== null) return trouble;
      if (!isOnItsWay(model, wanted)) found.push(wanted);
    }
    return null;
  };
  return look(process) ?? found;
}

function isOnItsWay(model: Model, { desired, actual, worker, name }: Process): boolean {
  if (desired === 'stopped') return false;
  if (actual.via === 'plain' || !['stopped', 'exited', 'failed'].includes(actual.report.state.kind)) return true;
  // A start that its launcher has not answered: many that depend on one thing start it once.
  return [...model.commands.of(worker)].some(
    ({ process, message }) =>
      process === name && message.kind === 'control' && (message.verb === 'start' || message.verb === 'restart'),
  );
}

function refusal(
  process: Process,
  dependent: Process,
  wanted: Process,
  condition: DependencyCondition,
  why: string,
): Refusal {
  const through = dependent.key === process.key ? '' : ` (through ${dependent.key})`;
  return new Refusal(
    'process_disabled',
    `${process.key} depends on ${wanted.key}${through}, which has to be ${condition} and is ${why}; enable that first`,
    { disabled: wanted.key },
  );
}
