/** What a finding weighs: a service at rest is worth a word and is no trouble. */
import type { Finding } from '../model';

export const isNote = ({ kind }: Finding): boolean => kind === 'idle';
export const isTrouble = (finding: Finding): boolean => !isNote(finding);
