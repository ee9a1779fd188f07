/**
 * How often FailureHandler may act: `max_recovery_attempts` for one process and one kind of trouble inside
 * `recovery_timeout`. The window slides: an attempt counts until its own end of the window, which its story remembers.
 */
import type { Process, Recovery, RecoveryKind } from '../model';
import { moment } from '../spans';
import type { Scene } from './scene';

export interface Budget {
  /** The number of the next attempt. */
  readonly attempt: number;
  readonly max: number;
  readonly isSpent: boolean;
  /** When the next attempt is allowed; null = now, or (with none allowed at all) never. */
  readonly againAtMs: number | null;
  /** A refusal since the newest attempt: it was said already. */
  readonly isSaid: boolean;
}

export function budgetOf({ model, settings, nowMs }: Scene, process: Process, kind: RecoveryKind): Budget {
  const { maxAttempts: max, windowMs } = settings.recovery;
  const own = [...model.recoveries.of(process.worker)].filter(
    (story) => story.process === process.name && story.kind === kind,
  );
  const counted = own.flatMap(({ countsUntilMs }) =>
    countsUntilMs !== null && countsUntilMs > nowMs ? [countsUntilMs] : [],
  );
  const isSpent = counted.length >= max;
  const newestAttempt = own.findLastIndex(({ countsUntilMs }) => countsUntilMs !== null);
  const newestRefusal = own.findLastIndex((story) => isRefusal(story) && story.beganAtMs > nowMs - windowMs);
  return {
    attempt: counted.length + 1,
    max,
    isSpent,
    againAtMs: isSpent ? (counted.sort((a, b) => a - b)[counted.length - max] ?? null) : null,
    isSaid: newestRefusal > newestAttempt,
  };
}

/** `3 attempts in the last 60 s is the limit (max_recovery_attempts); it may act again from ...Z on`. */
export function spentText({ max, againAtMs }: Budget, windowMs: number): string {
  const limit = `${max} ${max === 1 ? 'recovery' : 'recoveries'} in the last ${windowMs / 1000} s is the limit (max_recovery_attempts)`;
  return againAtMs === null ? limit : `${limit}; it may act again from ${moment(againAtMs)} on`;
}

const isRefusal = ({ stage, actor, countsUntilMs }: Recovery): boolean =>
  stage === 'failed' && actor === null && countsUntilMs === null;
