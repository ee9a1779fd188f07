/** Numbers among the flags of jobs. What they may be the manager knows. */
import { CliError, EXIT } from '../exit';

export const asNumber =
  (what: string) =>
  (text: string): number => {
    if (/^-?\d{1,9}(\.\d{1,6})?$/.test(text)) return Number(text);
    throw new CliError(EXIT.usage, `${what} ${text} is no number`);
  };

/** `2,3`. */
export const asCodes = (text: string, earlier: readonly number[] = []): number[] => [
  ...earlier,
  ...text.split(',').map(asNumber('exit code')),
];

/** `a,b`, any number of times. */
export const collectWords = (text: string, earlier: readonly string[] = []): string[] => [
  ...earlier,
  ...text.split(',').filter((word) => word !== ''),
];
