/** A value as it is typed: a number or a yes where it is written just so, and text otherwise (`007`, `1e-4`). */
export function scalarOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text;
}
