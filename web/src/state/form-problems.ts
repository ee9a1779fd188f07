/** What is wrong with one process of a document, by the field of the form that shows it. */
import type { DocumentProblem } from '../link/ask';

/** @param entry the process's place in the document */
export function problemsByField(problems: readonly DocumentProblem[], entry: number): ReadonlyMap<string, string> {
  const own = `processes[${entry}]`;
  const fields = new Map<string, string>();
  for (const { key, sentence } of problems) {
    if (key === 'set') fields.set(key, sentence);
    if (key !== own && !key.startsWith(`${own}.`)) continue;
    const field = key.slice(own.length + 1);
    fields.set(field, sentence.replaceAll(`${own}.`, ''));
  }
  return fields;
}

/** Of a field and of everything inside it. */
export const problemOf = (problems: ReadonlyMap<string, string>, field: string): string | undefined =>
  problems.get(field) ?? [...problems].find(([key]) => key.startsWith(`${field}.`) || key.startsWith(`${field}[`))?.[1];
