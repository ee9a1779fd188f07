/** A job's time as pieces of one line: waited, ran, waited, ran. Pure. */
import type { AttemptView } from '../../../protocol/job-views';
import type { Tone } from './tone';

export interface Piece {
  readonly kind: 'waited' | 'ran';
  readonly fromMs: number;
  readonly untilMs: number;
  readonly tone: Tone;
}

const OUTCOME_TONES: Readonly<Record<NonNullable<AttemptView['outcome']>, Tone>> = {
  completed: 'good',
  failed: 'bad',
  cancelled: 'calm',
  preempted: 'warn',
  timeout: 'bad',
  refused: 'bad',
  lost: 'lost',
};
export const toneOfAttempt = ({ outcome, state }: Pick<AttemptView, 'outcome' | 'state'>): Tone =>
  outcome === null ? (state === 'running' ? 'moving' : 'calm') : OUTCOME_TONES[outcome];

/** @param untilMs when it ended, or now. Of a gang the first node stands for all. */
export function timelineOf(tries: readonly AttemptView[], submittedAtMs: number, untilMs: number): Piece[] {
  const pieces: Piece[] = [];
  let at = submittedAtMs;
  const add = (kind: Piece['kind'], until: number, tone: Tone) => {
    if (until > at) pieces.push({ kind, fromMs: at, untilMs: until, tone });
    at = Math.max(at, until);
  };
  for (const one of tries.filter(({ node }) => node === 0)) {
    const endedMs = one.ended_at_ms ?? untilMs;
    add('waited', one.started_at_ms ?? endedMs, 'calm');
    if (one.started_at_ms !== null) add('ran', endedMs, toneOfAttempt(one));
  }
  add('waited', untilMs, 'calm');
  return pieces;
}
