/** A named job (configs/jobs) as its form holds it: text as typed, and the way to the body of POST /api/jobs. */
import type { TemplateRow, TemplateSubmission } from '../../../protocol/jobs-http';
import { scalarOf } from '../../../protocol/scalar-text';

/** Words that are laid over what the template says; empty = as it says. */
export const NAMED_WORDS = ['name', 'queue', 'priority'] as const;
export type NamedWord = (typeof NAMED_WORDS)[number];

export interface NamedForm {
  /** Of the template's parameters; empty = its default. */
  readonly values: Readonly<Record<string, string>>;
  readonly texts: Readonly<Record<NamedWord, string>>;
  readonly worker: string;
  readonly hold: boolean;
}
export const EMPTY_NAMED: NamedForm = {
  values: {},
  texts: { name: '', queue: '', priority: '' },
  worker: '',
  hold: false,
};

/** A parameter that must be given and is not. */
export const isMissing = ({ parameters }: TemplateRow, { values }: NamedForm, name: string): boolean =>
  parameters[name] === null && (values[name] ?? '') === '';

/** Null = a parameter is missing, or the priority is no number. */
export function namedBody(template: TemplateRow, form: NamedForm): TemplateSubmission | null {
  const names = Object.keys(template.parameters);
  if (names.some((name) => isMissing(template, form, name)) || isNoNumber(form.texts.priority)) return null;
  const given = names.flatMap((name) => {
    const text = form.values[name] ?? '';
    return text === '' ? [] : [[name, scalarOf(text)] as const];
  });
  const { name, queue, priority } = form.texts;
  return {
    template: template.name,
    parameters: Object.fromEntries(given),
    ...(name.trim() !== '' && { name: name.trim() }),
    ...(queue.trim() !== '' && { queue: queue.trim() }),
    ...(priority.trim() !== '' && { priority: Number(priority) }),
    ...(form.worker.trim() !== '' && { needs: { worker: form.worker.trim() } }),
    ...(form.hold && { hold: true }),
  };
}

export const isNoNumber = (text: string): boolean => text.trim() !== '' && Number.isNaN(Number(text));
