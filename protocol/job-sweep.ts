/** Every combination of some parameters' values: `{lr: [1e-3, 1e-4], seed: [1, 2]}` are four jobs. */
import type { CommandLine } from './command-line';
import { LIMITS } from './limits';
import { betweenQuotes, quoted } from './shell-line';

export type Sweep = Readonly<Record<string, readonly (string | number | boolean)[]>>;
/** A value for each parameter, as text. */
export type Combination = Readonly<Record<string, string>>;

/** `${lr}` is none: that is the shell's own word for the variable, which the job has as well. */
const PLACE = /(?<!\$)\{([^{}\s]+)\}/g;

/** The last parameter changes fastest. @returns a sentence where there are too many */
export function combinationsOf(sweep: Sweep): Combination[] | string {
  const count = Object.values(sweep).reduce((product, values) => product * values.length, 1);
  if (count > LIMITS.jobsPerSubmitMax)
    return `the sweep has ${count} combinations; ${LIMITS.jobsPerSubmitMax} are the limit of one submission`;
  return Object.entries(sweep).reduce<Combination[]>(
    (found, [name, values]) =>
      found.flatMap((combination) => values.map((value) => ({ ...combination, [name]: String(value) }))),
    [{}],
  );
}

/**
 * `--lr {lr}`: the values in the places that name them, each as one word: in a line for a shell quoted where it must be. Other
 * braces stay as they are.
 */
export function withValues(command: CommandLine, values: Combination): CommandLine {
  const filled = (text: string, written: (value: string) => string): string =>
    text.replaceAll(PLACE, (place, name: string) =>
      Object.hasOwn(values, name) ? written(values[name] ?? '') : place,
    );
  return typeof command === 'string' ? filled(command, quoted) : command.map((word) => filled(word, (value) => value));
}

/** A value that would not be one word where the line for the shell names it. @returns a sentence; null = there is none */
export const brokenByQuotes = (command: CommandLine, values: Combination): string | null =>
  typeof command === 'string' ? betweenQuotes(command, values, PLACE) : null;
