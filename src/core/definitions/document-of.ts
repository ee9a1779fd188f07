/**
 * The document of a definition (protocol/process-words.ts). Whoever edits a definition begins with this, and what is read
 * from it again is the same (secret-values.ts).
 *
 * Where a process was placed by labels is not kept, only where it came to be: the document names that worker.
 */
import { processWords } from '../../../protocol/process-words';
import type { Known } from './known';

/** Its place among them. */
export const placedWords = ({ worker, spec }: Pick<Known, 'worker' | 'spec'>): Readonly<Record<string, unknown>> => ({
  name: spec.name,
  worker,
  ...processWords(spec),
});
