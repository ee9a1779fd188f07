/** Labels as people write them: `team=nlp, zone=a`. */
export type Labels = Readonly<Record<string, string>>;

export const labelsText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');

/** The first piece that is no label, as written; or what was understood. */
export function readLabels(text: string): { readonly bad: string } | { readonly labels: Labels } {
  const labels: Record<string, string> = {};
  for (const piece of text.split(/[,\n]/).map((one) => one.trim())) {
    if (piece === '') continue;
    const match = /^([^=\s]+)\s*=\s*(\S.*)$/.exec(piece);
    if (match?.[1] === undefined || match[2] === undefined) return { bad: piece };
    labels[match[1]] = match[2];
  }
  return { labels };
}
