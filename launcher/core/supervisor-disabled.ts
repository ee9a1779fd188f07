/**
 * An operator's word that a process is not to run. It is laid over the wish and does not change it: what was wanted
 * before is wanted again when it is enabled, by somebody or by the time that was given. Kept with the record, so it
 * outlives launcher, reboot and `--auto-start`.
 */
import type { Disabled } from '../../protocol/process-state';
import { andThen, answer, disabledText, overtakeUp, owe, stay, whyAsked, type Asked } from './supervisor-answers';
import type { Supervised, SupervisorState } from './supervisor-state';
import { stopOnceUp } from './supervisor-stops';
import type { Step, SupervisorEvent, Turn } from './supervisor-words';

type In<K extends SupervisorState['kind']> = Supervised & { readonly state: Extract<SupervisorState, { kind: K }> };
type Disable = Extract<SupervisorEvent, { kind: 'disable' }>;
type Enable = Extract<SupervisorEvent, { kind: 'enable' }>;

/** The record, and then whatever takes it down from where it is. */
export function disable<P extends Supervised>(
  process: P,
  asked: Disable,
  turn: Turn,
  down: (process: P) => Step,
): Step {
  if (asked.untilMs !== null && asked.untilMs <= turn.nowMs) {
    const end = new Date(asked.untilMs).toISOString();
    return answer(process, asked, { ok: false, message: `not disabled: ${end} is over already` });
  }
  const disabled: Disabled = { by: asked.by, reason: asked.why, sinceMs: turn.nowMs, untilMs: asked.untilMs };
  return down({ ...process, disabled });
}

/** It does not run, and stays as it is. */
export const disabledAsItIs = (process: Supervised, asked: Disable): Step =>
  answer(process, asked, { ok: true, message: 'disabled; it was not running' });

/** Stopped already: for another reason from now on. */
export const disabledWhileStopped = (process: In<'stopped'>, asked: Disable): Step =>
  disabledAsItIs({ ...process, state: { ...process.state, why: whyAsked(asked) } }, asked);

/** There is nobody to signal yet: it is stopped once it is up. */
export const disabledWhileStarting = (process: In<'starting'>, asked: Disable): Step =>
  andThen(overtakeUp(process, asked), (now) => stopOnceUp({ ...now, state: process.state }, asked));

/** It may run again, and does if it is wanted; `rise` = how, from where it is. */
export function enable<P extends Supervised>(process: P, asked: Enable, rise: (process: P) => Step): Step {
  if (process.disabled === null) return answer(process, asked, { ok: true, message: 'it was not disabled' });
  const enabled = { ...process, disabled: null };
  if (process.desired === 'running' || process.startAgain) return rise(enabled);
  const why = `${whyAsked(asked)}; it stays stopped, as was asked`;
  const state = process.state.kind === 'stopped' ? { ...process.state, why } : process.state;
  return answer({ ...enabled, state }, asked, { ok: true, message: 'enabled; it stays stopped, as was asked' });
}

export const enabledWhileStarting = (process: In<'starting'>, asked: Enable): Step =>
  stay(owe({ ...process, state: { ...process.state, onceUp: 'restart' } }, asked, 'up'));

/** It ended or was given up before anything else: only a start wakes it. */
export const enabledAsItIs = (process: Supervised, asked: Enable): Step =>
  answer(process, asked, { ok: true, message: `enabled; it stays ${process.state.kind} until it is started` });

/** A start, restart or anything like it, while somebody does not want it. */
export const refuseWhileDisabled = (process: Supervised, disabled: Disabled, asked: Asked): Step =>
  answer(process, asked, { ok: false, message: `not started: ${disabledText(disabled)}` });

/** The time that was given is over. */
export const enabledByTime = ({ untilMs }: Disabled): Enable => ({
  kind: 'enable',
  by: 'the clock',
  why: untilMs === null ? '' : `it was disabled until ${new Date(untilMs).toISOString()}`,
  command: null,
});
