/**
 * `blocked_patterns`: a guard rail against accidents, not a sandbox. Whoever wants around it writes the same in other
 * words; the list of allowed commands is what holds.
 */
import { refusal, type Refusal, type Rules } from './rules';

/** @param lines the same command in all forms that are known: as written, and as it would be executed */
export function blockedBy(rules: Rules, field: string, lines: readonly string[]): Refusal | null {
  const forms = [...lines, ...lines.map(evenly)];
  const found = rules.patterns.find((pattern) => forms.some((form) => form.includes(pattern)));
  if (found === undefined) return null;
  return refusal(field, rules, 'blocked_patterns', `${field} has "${found}"`, `write ${field} without it`);
}

/** Blanks are one blank each: `rm  -rf /` is no other command. */
const evenly = (line: string): string => line.replace(/\s+/g, ' ');
