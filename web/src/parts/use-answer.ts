/** An answer of the manager that is asked for again whenever the page was told that it may be another one. No poll. */
import { useEffect, useRef, useState } from 'react';
import { sentenceOf } from '../../../protocol/sentence-of';

export type Answer<T> =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'here'; readonly value: T }
  /** The sentence of the refusal. */
  | { readonly kind: 'failed'; readonly why: string };

/**
 * The last answer stays until the next one is here. One question at a time: a crash loop changes its row faster than
 * anybody can be asked, and its newest change is the one that counts.
 * @param told asked again when one of these changes
 */
export function useAnswer<T>(ask: (signal: AbortSignal) => Promise<T>, told: readonly unknown[]): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ kind: 'waiting' });
  const newest = useRef(ask);
  newest.current = ask;
  const askAgain = useRef<() => void>(() => undefined);
  useEffect(() => {
    const abort = new AbortController();
    let asking = false;
    let changed = false;
    const run = async () => {
      changed = asking;
      if (asking) return;
      asking = true;
      do {
        changed = false;
        const next = await answerOf(newest.current(abort.signal));
        if (!abort.signal.aborted) setAnswer(next);
      } while (changed && !abort.signal.aborted);
      asking = false;
    };
    askAgain.current = () => void run();
    return () => abort.abort();
  }, []);
  useEffect(() => askAgain.current(), told);
  return answer;
}

const answerOf = <T>(asked: Promise<T>): Promise<Answer<T>> =>
  asked.then(
    (value): Answer<T> => ({ kind: 'here', value }),
    (error: unknown) => ({ kind: 'failed', why: sentenceOf(error) }),
  );
