/** An operator's word that a process is not to run: the launcher's, or one that is on its way to the launcher. */
import type { Disabled } from '../../../protocol/process-state';
import type { Model, Process } from '../model';

/** Null = it may run: also when the time is over and its launcher has not said so yet. */
export function disabledOf(model: Model, process: Process, nowMs: number): Disabled | null {
  const disabled = disabledAsToldLast(model, process);
  return disabled !== null && (disabled.untilMs === null || disabled.untilMs > nowMs) ? disabled : null;
}

/** What was asked last counts, though its worker is away and has not heard of it yet. */
export function disabledAsToldLast(model: Model, { worker, name, actual }: Process): Disabled | null {
  let disabled = actual.via === 'launcher' ? actual.report.disabled : null;
  for (const { message, process, issuedAtMs } of model.commands.of(worker)) {
    if (process !== name) continue;
    if (message.kind === 'enable') disabled = null;
    if (message.kind === 'disable')
      disabled = { by: message.by, reason: message.why, sinceMs: issuedAtMs, untilMs: message.untilMs };
  }
  return disabled;
}

/** `disabled by operator 127.0.0.1: disk is being replaced (until 2026-01-31T12:00:00.000Z)` */
export function disabledText({ by, reason, untilMs }: Disabled): string {
  const until = untilMs === null ? '' : ` (until ${new Date(untilMs).toISOString()})`;
  return `disabled by ${by}${reason === '' ? '' : `: ${reason}`}${until}`;
}
