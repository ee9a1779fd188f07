/** Spans that tick with the page's clock. Each redraws itself once a second and nothing around it. */
import { formatSpan } from '../state/durations';
import { useClock } from './use-store';
import { useWords } from './use-words';

/** How long ago, by the manager's clock. */
export function Age({ sinceMs, wrap }: { sinceMs: number; wrap?: (span: string) => string }) {
  const { units } = useWords();
  const text = useClock(({ shownMs }) => formatSpan(shownMs - sinceMs, units));
  return <>{wrap ? wrap(text) : text}</>;
}

/** How long until, never below nothing. */
export function Countdown({ untilMs, wrap }: { untilMs: number; wrap: (span: string) => string }) {
  const { units } = useWords();
  const text = useClock(({ shownMs }) => formatSpan(untilMs - shownMs + 999, units));
  return <>{wrap(text)}</>;
}
