/** `procguard explain JOB`: why it waits, what of it weighs most, and what would make it run. */
import type { JobExplanation } from '../../../protocol/job-explain';
import type { Paint } from './paint';
import { padEnd, printable } from './text-width';

const CODE_WIDTH = 13;

export function jobExplanationText(explanation: JobExplanation, paint: Paint): string[] {
  const { job_id: id, state, summary, reasons, ahead, next } = explanation;
  return [
    `${paint(id, 'bold')}  ${state}`,
    `  why       ${printable(summary)}`,
    ...reasons.map(({ code, text, about }) => {
      const unsaid = about.filter((name) => !text.includes(name));
      const names = unsaid.length === 0 ? '' : paint(`  (${printable(unsaid.join(', '))})`, 'dim');
      return `  ${padEnd('', 9)} ${paint(padEnd(code, CODE_WIDTH), 'dim')} ${printable(text)}${names}`;
    }),
    ...(ahead === null ? [] : [`  place     ${ahead === 0 ? 'the next of its queue' : `${ahead} are before it`}`]),
    ...(next === '' ? [] : [`  then      ${printable(next)}`]),
  ];
}
