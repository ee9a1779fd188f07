/** A sentence of the manager, with the moments in it by the reader's own clock. */
import { withMoments } from '../../../protocol/told-moments';
import { fullTime } from './time';
import { useWords } from './use-words';

export function Said({ text }: { text: string }) {
  const { locale } = useWords();
  return withMoments(text, (atMs) => fullTime(atMs, locale));
}
