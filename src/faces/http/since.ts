/** `10m`, `90s`, `2h`, `1d`, `2w`, ms since the epoch, or an ISO date. */
import { Refusal } from '../../../protocol/errors';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

export function parseSince(text: string, nowMs: number): number {
  const ago = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text);
  // Nothing here is older than 1970, and a moment that is too far away has no date.
  if (ago !== null) return Math.max(0, nowMs - Number(ago[1]) * (UNIT_MS[ago[2] ?? ''] ?? 0));
  const at = /^\d{13}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(at))
    throw new Refusal(
      'bad_request',
      `since ${JSON.stringify(text)} is no time; say how long ago (90s, 10m, 2h, 1d, 2w) or a date (2026-01-31T12:00:00Z)`,
    );
  return Math.max(0, at);
}
