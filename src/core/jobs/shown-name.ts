/** What a job is called where people look at it, and by what `name=GLOB` finds it. */
import type { JobSpec } from '../../../protocol/jobs';
import { commandText } from '../../../protocol/process-spec';

/** Its own name; default: the first word of its command, as that is shown. */
export function shownName({ name, command }: Pick<JobSpec, 'name' | 'command'>): string {
  if (name !== null) return name;
  // A list may have thousands of words, and a filter looks at every job.
  const text = commandText(typeof command === 'string' ? command : command.slice(0, 1));
  return text.trim().split(/\s/, 1)[0] ?? '';
}
