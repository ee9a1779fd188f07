/**
 * A command's way: asked (perhaps confirmed), requested, answered. The row shows `requested` until the answer is here;
 * its state changes only when the manager says so.
 */
import type { BatchReply, CommandReply } from '../../../protocol/http';
import type { ProcessView } from '../../../protocol/views';
import { sentenceOf } from '../../../protocol/sentence-of';
import { certificateLine } from '../state/certificate';
import { needsConfirmation, targetsOf, type Act, type Verb } from '../state/commands';
import { refusalOfAll, refusalText } from '../state/refusal';
import { answered, requested } from '../state/requests';
import type { Store } from '../state/store';
import { TOAST_LIFE_MS, TOAST_LINES_MAX, withoutToast, withToast, type Toast } from '../state/toasts';
import type { Ui } from '../state/ui';
import type { Words } from '../words/en';
import { Refused } from './ask';
import { commandMany, commandOne, type Details } from './commands';
import type { Live } from './live';
import type { SessionLink } from './session';

export interface Commander {
  /** Asks first where something could be lost. */
  ask(verb: Verb, keys: readonly string[]): void;
  /** Sends without asking. Resolves with the answer for each when there is one; null = refused as a whole, which was said. */
  send(act: Act, keys: readonly string[], details?: Details): Promise<BatchReply | null>;
  say(toast: Omit<Toast, 'id'>): void;
  dismiss(id: number): void;
}

interface Reach {
  readonly live: Live;
  readonly ui: Store<Ui>;
  readonly session: SessionLink;
  readonly words: () => Words;
}

export function createCommander({ live, ui, session, words }: Reach): Commander {
  let toasts = 0;
  const dismiss = (id: number) => ui.set((state) => ({ ...state, toasts: withoutToast(state.toasts, id) }));
  const say = (toast: Omit<Toast, 'id'>) => {
    const id = ++toasts;
    ui.set((state) => ({ ...state, toasts: withToast(state.toasts, { ...toast, id }) }));
    if (toast.tone !== 'bad') setTimeout(() => dismiss(id), TOAST_LIFE_MS);
  };

  const send = async (act: Act, keys: readonly string[], details: Details = {}): Promise<BatchReply | null> => {
    const known = keys.flatMap((key) => live.fleet.get().processes.get(key) ?? []);
    const [first] = known;
    if (first === undefined) return null;
    const sinceMs = performance.now();
    const names = known.map((process) => process.key);
    ui.set((state) => ({ ...state, requests: requested(state.requests, names, act, sinceMs) }));
    try {
      if (known.length > 1) {
        const reply = await commandMany(names, act, details);
        say(toastOfMany(words(), act, reply));
        return reply;
      }
      const { rolling: _one, ...rest } = details;
      const reply = await commandOne({ workerId: first.worker_id, process: first.process }, act, rest);
      say(toastOfOne(words(), act, first.process, reply));
      return batchOfOne(first, reply);
    } catch (error) {
      const { failed, many } = words().results;
      say({
        tone: 'bad',
        title: known.length === 1 ? failed[act](first.process) : many[act](0, known.length),
        lines: [sentenceOf(error), ...certificateOf(words(), error)],
      });
      return null;
    } finally {
      ui.set((state) => ({ ...state, requests: answered(state.requests, names, sinceMs) }));
    }
  };

  const ask = (verb: Verb, keys: readonly string[]) => {
    const fleet = live.fleet.get();
    const targets = targetsOf(
      verb,
      keys.flatMap((key) => fleet.processes.get(key) ?? []),
      fleet.workers,
    );
    if (targets.length === 0) return;
    // The keyboard reaches what a button would not offer.
    const refused = refusalOfAll(
      session.store.get(),
      'process.control',
      targets.map(({ process }) => [process.worker_id, fleet.workers.get(process.worker_id)?.labels ?? null]),
    );
    if (refused !== null) {
      const name = targets.length === 1 ? targets[0]?.process.process : undefined;
      const title =
        name === undefined ? words().results.many[verb](0, targets.length) : words().results.failed[verb](name);
      say({ tone: 'bad', title, lines: [refusalText(refused, words().rights)] });
      return;
    }
    if (needsConfirmation(verb, targets)) ui.set((state) => ({ ...state, dialog: { kind: 'confirm', verb, keys } }));
    else void send(verb, keys);
  };
  return { ask, send, say, dismiss };
}

const certificateOf = (words: Words, error: unknown): string[] =>
  error instanceof Refused && error.details.certificate !== null
    ? [certificateLine(error.details.certificate, words.certificate)]
    : [];

const noteOf = ({ note }: Pick<CommandReply, 'note'>): string[] => (note === null ? [] : [note]);

function batchOfOne(
  { key, worker_id, process }: ProcessView,
  { success, message, note, certificate }: CommandReply,
): BatchReply {
  return { success, matched: 1, results: [{ key, worker_id, process, ok: success, message, note, certificate }] };
}

function toastOfOne(words: Words, act: Act, name: string, reply: CommandReply): Omit<Toast, 'id'> {
  const stop = reply.certificate === null ? [] : [certificateLine(reply.certificate, words.certificate)];
  if (!reply.success) return { tone: 'bad', title: words.results.failed[act](name), lines: [reply.message, ...stop] };
  if (reply.status === 'queued') return { tone: 'plain', title: words.results.queued(name), lines: [reply.message] };
  return { tone: 'ok', title: words.results.one[act](name), lines: [reply.message, ...noteOf(reply), ...stop] };
}

/** Failures are named first; of successes, those whose stop has something to tell. */
function toastOfMany(words: Words, act: Act, reply: BatchReply): Omit<Toast, 'id'> {
  const failed = reply.results.filter((result) => !result.ok);
  const told = (failed.length > 0 ? failed : reply.results).map((result) => {
    const stop = result.certificate === null ? '' : `: ${certificateLine(result.certificate, words.certificate)}`;
    return result.ok ? `${result.key}${stop || `: ${result.message}`}` : `${result.key}: ${result.message}`;
  });
  const rest = told.length - TOAST_LINES_MAX;
  return {
    tone: failed.length > 0 ? 'bad' : 'ok',
    title: words.results.many[act](reply.results.length - failed.length, reply.matched),
    lines: rest > 0 ? [...told.slice(0, TOAST_LINES_MAX), words.results.more(rest)] : told,
  };
}
