/**
 * `*` is any run of characters, `?` is one. No regular expression behind it: words come from anyone who may send a
 * request, and a backtracking matcher could be made to run for minutes by `*a*a*a*a*b`.
 */
export const isGlob = (word: string): boolean => /[*?]/.test(word);

/** At most pattern x text steps: on a mismatch only the last `*` is widened, which is enough for globs. */
export function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let starAt = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      starAt = t;
    } else if (pattern[p] === '?' || (p < pattern.length && pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++starAt;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
