/** The words of commands in bodies, read. */
import { durationMs } from '../../../protocol/amounts';
import { Refusal } from '../../../protocol/errors';
import { Verb } from '../../../protocol/link';
import type { Action, Patience } from '../../engine/command';

export const patienceOf = ({ wait, timeout }: { readonly wait: boolean; readonly timeout: number }): Patience => ({
  wait,
  timeoutMs: timeout * 1000,
});

/** @throws Refusal unknown_command */
export function verbOf(word: string): Verb {
  const verb = Verb.safeParse(word);
  if (verb.success) return verb.data;
  throw unknown(word, Verb.options);
}

/** What a batch may ask for. @throws Refusal unknown_command, bad_request */
export function actionOf(
  {
    command,
    reason,
    until,
  }: { readonly command: string; readonly reason: string; readonly until?: string | undefined },
  nowMs: number,
): Action {
  const verb = Verb.safeParse(command);
  if (verb.success) return { kind: verb.data };
  if (command === 'enable') return { kind: 'enable' };
  if (command === 'disable') return { kind: 'disable', reason, untilMs: untilMs(until, nowMs) };
  throw unknown(command, [...Verb.options, 'disable', 'enable']);
}

/** `2h` from now, or a date; null = for ever. @throws Refusal bad_request */
export function untilMs(text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null;
  const span = durationMs(text);
  const at = span === null ? Date.parse(text) : nowMs + span;
  if (!Number.isNaN(at)) return at;
  throw new Refusal(
    'bad_request',
    `until ${JSON.stringify(text.slice(0, 100))} is no time; say how long from now (90s, 2h, 1d) or a date (2026-01-31T12:00:00Z)`,
  );
}

const unknown = (word: string, known: readonly string[]): Refusal =>
  new Refusal('unknown_command', `${JSON.stringify(word.slice(0, 100))} is not a command; known: ${known.join(', ')}`, {
    known,
  });
