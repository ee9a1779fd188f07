/** The tab's title and icon count problems; the page's language is said to screen readers and spell checkers. */
import { useEffect, useMemo } from 'react';
import { useFleet } from '../parts/use-store';
import { useWords } from '../parts/use-words';
import { parseFilter } from '../state/filter';
import { facetsOf } from '../state/rows';
import { useApp } from '../parts/app-context';

export function useProblemCount(): number {
  const { live } = useApp();
  const workers = useFleet((fleet) => fleet.workers);
  const processes = useFleet((fleet) => fleet.processes);
  // The same count as on the chip of an empty filter.
  return useMemo(() => facetsOf(live.fleet.get(), parseFilter('')).problems, [live, workers, processes]);
}

/** Icons are files of their own (vite.config.ts draws them): a data: address would need a looser security policy. */
const iconOf = (problems: number): string =>
  problems === 0 ? './favicon.svg' : `./favicon-${problems > 9 ? 'many' : problems}.svg`;

export function useDocument(): void {
  const words = useWords();
  const problems = useProblemCount();
  useEffect(() => {
    document.title = problems === 0 ? words.title.calm : words.title.problems(problems);
    document.querySelector('link[rel="icon"]')?.setAttribute('href', iconOf(problems));
  }, [problems, words]);
}

export function useLanguage(): void {
  const { locale } = useWords();
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
}
