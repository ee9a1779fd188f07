/**
 * Ids for jobs that nobody named: `j_`, the time and a number, so that they rise. Rows that come one behind the other cost the
 * ledger half of what they cost in any other order, and ids are sorted by age wherever they are listed.
 */
import { randomInt } from 'node:crypto';
import type { JobId } from '../../../protocol/jobs';

/** In their order as text. */
const DIGITS = '234567abcdefghijklmnopqrstuvwxyz';
/** 35 years of milliseconds, from 2026 on. */
const TIME_DIGITS = 8;
const FROM_MS = Date.UTC(2026, 0, 1);
const NUMBER_DIGITS = 4;
const NUMBERS = 32 ** NUMBER_DIGITS;

/** Each once, also where the clock stands still. After a restart chance keeps them apart. */
export function jobIds(nowMs: () => number): () => JobId {
  let lastMs = -1;
  let number = 0;
  let moment = '';
  const begin = (ms: number, first: number): void => {
    [lastMs, number] = [ms, first];
    moment = `j_${digits(ms, TIME_DIGITS)}`;
  };
  return () => {
    const ms = Math.max(lastMs, Math.floor(nowMs()) - FROM_MS, 0);
    if (ms > lastMs) begin(ms, randomInt(NUMBERS / 2));
    else if (++number === NUMBERS) begin(ms + 1, 0);
    return (moment + digits(number, NUMBER_DIGITS)) as JobId;
  };
}

function digits(value: number, count: number): string {
  let text = '';
  for (let rest = value, at = 0; at < count; at++, rest = Math.floor(rest / 32)) text = DIGITS.charAt(rest % 32) + text;
  return text;
}
