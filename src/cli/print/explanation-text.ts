/** `procguard explain`, and the same lines in `procguard status`. */
import type { Explanation } from '../../../protocol/views';
import { age, localTime } from './amounts';
import type { Paint } from './paint';
import { sentence } from './sentence';
import { padEnd } from './text-width';

const NAME_WIDTH = 9;
const NO_TIME = ' '.repeat('2026-01-31 12:00:03'.length);

/** A titled account of its own. */
export function explanationText(explanation: Explanation, nowMs: number, paint: Paint): string[] {
  const { target, state, since_ms: sinceMs, cause_kind: kind } = explanation;
  const title = `${paint(target, 'bold')}  ${state} for ${age(nowMs - sinceMs)}  ${paint(`(${kind})`, 'dim')}`;
  const advice = explanation.advice.map((line, i) => named(i === 0 ? 'you can' : '', line));
  return [title, ...whyLines(explanation, paint), ...nextLines(explanation, nowMs), ...advice];
}

/** Cause, evidence, and what lies behind. */
export const whyLines = ({ cause, by, evidence, behind }: Explanation, paint: Paint): string[] => [
  named('why', cause),
  named('by', by),
  ...evidence.map(({ at_ms: atMs, what }, i) =>
    named(
      i === 0 ? 'known by' : '',
      `${paint(atMs === null ? NO_TIME : localTime(atMs), 'dim')}  ${sentence(what)}`,
      true,
    ),
  ),
  ...behind.map(({ target, state, cause: itsCause }, i) =>
    named(i === 0 ? 'behind it' : '', `${target}  ${state}: ${itsCause}`),
  ),
];

/** Nothing, when nothing happens by itself. */
export const nextLines = ({ next }: Explanation, nowMs: number): string[] =>
  next === null ? [] : [named('then', next.at_ms === null ? next.what : `${when(next.at_ms, nowMs)}: ${next.what}`)];

const when = (atMs: number, nowMs: number): string =>
  atMs > nowMs ? `in ${age(atMs - nowMs)} (${localTime(atMs)})` : `now (since ${localTime(atMs)})`;

const named = (name: string, value: string, isPrintable = false): string =>
  `  ${padEnd(name, NAME_WIDTH)} ${isPrintable ? value : sentence(value)}`;
