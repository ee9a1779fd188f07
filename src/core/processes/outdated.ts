/** A run that goes on as it was born while its definition has changed: a restart is owed, and nobody does it unasked. */
import type { RunId } from '../../../protocol/ids';
import type { ProcessSpec } from '../../../protocol/process-spec';
import { concernsTheRun, differences } from '../definitions/difference';
import { livingRun, type Process } from '../model';

/**
 * What is to be remembered of a process that gets another definition. A definition that is changed back counts as changed.
 * @returns the run that keeps an earlier definition; null = none lives, or the change is none of a run's
 */
export function outdatedRunAfter(process: Process, spec: ProcessSpec): RunId | null {
  const run = livingRun(process);
  if (run === null || process.spec === null) return null;
  return concernsTheRun(differences(process.spec, spec)) || process.outdatedRun === run ? run : null;
}

export function outdatedNote(process: Process): string | null {
  const run = livingRun(process);
  if (run === null || process.outdatedRun !== run) return null;
  return `it runs an older definition; procguard restart ${process.key} takes the new one`;
}
