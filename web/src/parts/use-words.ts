import { languageOf } from '../state/settings';
import { en, type Words } from '../words/en';
import { zh } from '../words/zh';
import { useSettings } from './use-store';

export const WORDS: Readonly<Record<'en' | 'zh', Words>> = { en, zh };

/** The page's words in the reader's language. */
export const useWords = (): Words => WORDS[useSettings((settings) => languageOf(settings, navigator.languages))];
