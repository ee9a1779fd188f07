/** What is executed. */
import { z } from 'zod';
import { LIMITS } from './limits';

/** A string runs in `/bin/sh -c` exactly as written; an array is executed directly, without a shell. */
export const CommandLine = z.union([
  z.string().min(1, 'command is empty').max(LIMITS.commandCharsMax),
  z.array(z.string().max(LIMITS.commandCharsMax)).min(1, 'command is an empty list'),
]);
export type CommandLine = z.infer<typeof CommandLine>;

/** The command as one line for people. */
export const commandText = (command: CommandLine): string =>
  typeof command === 'string'
    ? command
    : command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
