/** A plan for people: what is made, changed and removed, field by field; what stays is only counted. */
import type { FieldDifference, PlanAction, PlannedChange } from '../../../protocol/definitions';
import type { Colour, Paint } from './paint';
import { printable } from './text-width';

const SIGNS: Readonly<Record<PlanAction, { sign: string; colour: Colour | null }>> = {
  create: { sign: '+', colour: 'green' },
  change: { sign: '~', colour: 'yellow' },
  remove: { sign: '-', colour: 'red' },
  keep: { sign: ' ', colour: null },
};

export function planText(changes: readonly PlannedChange[], paint: Paint): string[] {
  const touched = changes.filter(({ action }) => action !== 'keep');
  if (touched.length === 0) return [`nothing to change; ${changes.length} as they are to be`];
  return [...touched.flatMap((change) => changeText(change, paint)), summary(changes)];
}

function changeText({ key, action, command, fields, notes }: PlannedChange, paint: Paint): string[] {
  const { sign, colour } = SIGNS[action];
  const what = action === 'change' ? '' : `: ${printable(command)}`;
  const aside = notes.length === 0 ? '' : `  (${printable(notes.join('; '))})`;
  return [
    `${paint(`${sign} ${action} ${key}`, colour)}${what}${aside}`,
    ...fields.map((field) => `    ${fieldText(field)}`),
  ];
}

export const fieldText = ({ field, from, to }: FieldDifference): string =>
  printable(`${field}: ${from ?? '(not set)'} -> ${to ?? '(not set)'}`);

function summary(changes: readonly PlannedChange[]): string {
  const count = (action: PlanAction): number => changes.filter((change) => change.action === action).length;
  return `${count('create')} to create, ${count('change')} to change, ${count('remove')} to remove, ${count('keep')} as they are to be`;
}
