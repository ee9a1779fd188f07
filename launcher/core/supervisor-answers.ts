/** Who is told what of a supervised process: answers at once, answers that are owed, and how moves are put together. */
import type { CommandId } from '../../protocol/ids';
import type { CommandResult } from '../../protocol/link';
import type { Disabled, StopCertificate } from '../../protocol/process-state';
import type { OwedAnswer, Supervised } from './supervisor-state';
import type { Step, SupervisorEffect, SupervisorEvent } from './supervisor-words';

export type Asked = Extract<SupervisorEvent, { command: CommandId | null }>;
export type AskedStop = Extract<Asked, { kind: 'stop' | 'kill' }>;

export const stay = (process: Supervised): Step => ({ process, effects: [] });

/** Does `next` on what `first` left, effects in order. */
export function andThen(first: Step, next: (process: Supervised) => Step): Step {
  const second = next(first.process);
  return { process: second.process, effects: [...first.effects, ...second.effects] };
}

const DONE: Readonly<Record<Exclude<Asked['kind'], 'disable'>, string>> = {
  start: 'started',
  stop: 'stopped',
  restart: 'restarted',
  kill: 'killed',
  enable: 'enabled',
  end: 'stopped',
};

/** `stopped by operator 127.0.0.1: disk swap` */
export const whyAsked = (asked: Asked): string =>
  asked.kind === 'disable'
    ? disabledText({ by: asked.by, reason: asked.why, untilMs: asked.untilMs })
    : `${DONE[asked.kind]} by ${asked.by}${because(asked.why)}`;

/** `disabled by ana: disk swap, until 2026-01-31T08:00:00Z` */
export function disabledText({ by, reason, untilMs }: Omit<Disabled, 'sinceMs'>): string {
  const end = untilMs === null ? 'it is enabled' : new Date(untilMs).toISOString().replace('.000', '');
  return `disabled by ${by}${because(reason)}, until ${end}`;
}

const because = (why: string): string => (why === '' ? '' : `: ${why}`);

/** Owes the asker an answer, given when it is true. */
export const owe = (process: Supervised, asked: Asked, until: OwedAnswer['until']): Supervised =>
  asked.command === null
    ? process
    : { ...process, owed: [...process.owed, { command: asked.command, until, certificate: null }] };

/** Answers at once, because it is so already or cannot become so. */
export const answer = (process: Supervised, asked: Asked, result: Omit<CommandResult, 'certificate'>): Step => ({
  process,
  effects: asked.command === null ? [] : [said(asked.command, { ...result, certificate: null })],
});

const said = (command: CommandId, result: CommandResult): SupervisorEffect => ({ kind: 'answer', command, result });

/** Answers everyone who is owed `until` (or anything) and forgets them. */
export function answerOwed(
  process: Supervised,
  until: OwedAnswer['until'] | 'either',
  ok: boolean,
  message: string,
  certificate: StopCertificate | null = null,
): Step {
  const due = process.owed.filter((owed) => until === 'either' || owed.until === until);
  return {
    process: { ...process, owed: process.owed.filter((owed) => !due.includes(owed)) },
    effects: due.map((owed) => said(owed.command, { ok, message, certificate: certificate ?? owed.certificate })),
  };
}

/** Whoever waits for it to come up learns that it was ended instead. */
export const overtakeUp = (process: Supervised, asked: Asked): Step =>
  answerOwed(process, 'up', false, `not started: ${whyAsked(asked)}`);

/** A stop that was followed by a start: the stop is true now, and the start's answer will carry its certificate. */
export function downButGoingUp(process: Supervised, certificate: StopCertificate | null): Step {
  const told = answerOwed(process, 'down', true, 'stopped; starting again, as asked since', certificate);
  const owed = told.process.owed.map((up) => ({ ...up, certificate }));
  return { process: { ...told.process, owed }, effects: told.effects };
}
