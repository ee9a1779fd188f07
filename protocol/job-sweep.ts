/** Every combination of some parameters' values: `{lr: [1e-3, 1e-4], seed: [1, 2]}` are four jobs. */
import type { CommandLine } from './command-line';
import { LIMITS } from './limits';

export type Sweep = Readonly<Record<string, readonly (string | number | boolean)[]>>;
/** A value for each parameter, as text. */
export type Combination = Readonly<Record<string, string>>;

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

/** `--lr {lr}`: the values in the places that name them. Other braces stay as they are. */
export function withValues(command: CommandLine, values: Combination): CommandLine {
  const filled = (text: string): string =>
    text.replaceAll(/\{([^{}\s]+)\}/g, (place, name: string) =>
      Object.hasOwn(values, name) ? (values[name] ?? '') : place,
    );
  return typeof command === 'string' ? filled(command) : command.map(filled);
}
