/** `NAME=VALUE`, any number of times: variables, parameters. The value may hold anything, also commas and `=`. */
import { CliError, EXIT } from './exit';

export const collectPairs =
  (flag: string) =>
  (text: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> => {
    const at = text.indexOf('=');
    if (at <= 0) throw new CliError(EXIT.usage, `${flag} ${text}: say NAME=VALUE`);
    return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
  };
