/** A sweep as people write it: `lr=1e-3,1e-4`, a line for each name. Values go as they are written: `1e-3` is no `0.001` to a program. */
export function readSweep(
  text: string,
): { readonly bad: string } | { readonly values: Readonly<Record<string, readonly string[]>> } {
  const values: Record<string, string[]> = {};
  for (const line of text.split(/[\n;]/).map((one) => one.trim())) {
    if (line === '') continue;
    const match = /^([^=\s]+)\s*=\s*(\S.*)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) return { bad: line };
    values[match[1]] = match[2].split(',').map((one) => one.trim());
  }
  return { values };
}
