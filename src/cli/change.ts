/** What a change did, process by process, and the truth in the exit code. */
import type { ApplyReply } from '../../protocol/definitions';
import type { Context } from './context';
import { exitOfResults, type Exit } from './exit';
import { certificateLine } from './print/certificate-line';
import { fieldText } from './print/plan-text';
import { printable } from './print/text-width';

type Result = ApplyReply['results'][number];

const DONE: Readonly<Record<Result['action'], string>> = {
  create: 'created',
  change: 'changed',
  remove: 'removed',
  keep: 'kept',
};

export function changed({ format, print, note, paint }: Context, reply: ApplyReply): Exit {
  const touched = reply.results.filter(({ action }) => action !== 'keep');
  if (format === 'json') print([JSON.stringify(reply, null, 2)]);
  else if (format === 'jsonl') print(reply.results.map((result) => JSON.stringify(result)));
  else if (format === 'name') print(touched.filter(({ ok }) => ok).map(({ key }) => key));
  else {
    for (const result of touched) {
      const lines = resultLines(result);
      if (result.ok) print(lines);
      else for (const line of lines) note(paint(line, 'red'));
    }
    print([summary(reply, touched)]);
  }
  return exitOfResults(touched);
}

function resultLines({ key, action, version, fields, ok, message, notes, certificate }: Result): string[] {
  const which = version === null ? '' : `, version ${version}`;
  const proof = certificate === null ? '' : `; ${certificateLine(certificate)}`;
  const aside = notes.length === 0 ? '' : `  (${notes.join('; ')})`;
  const head = `${key}: ${ok ? DONE[action] : `not ${DONE[action]}`}${which}: ${message}${proof}${aside}`;
  return [printable(head), ...fields.map((field) => `    ${fieldText(field)}`)];
}

function summary({ change, results }: ApplyReply, touched: readonly Result[]): string {
  const kept = results.length - touched.length;
  if (change === null && touched.length === 0) return `nothing to change; ${kept} as they are to be`;
  return `${touched.length} touched${change === null ? '' : ` by change ${change}`}, ${kept} as they were`;
}
