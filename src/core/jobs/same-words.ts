/** Whether two specifications say the same, in whatever order they say it: one of them may come from a disk. */
export function sameWords(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameWords((a as Words)[name], (b as Words)[name]))
  );
}
type Words = Readonly<Record<string, unknown>>;
