/** What is executed. */
import { z } from 'zod';
import { LIMITS } from './limits';

/** No program can be given a NUL: a text ends there. */
export const WithoutNul = z.string().regex(/^[^\0]*$/, 'must not hold a NUL');

/** One word of a command. */
export const CommandWord = WithoutNul.max(LIMITS.commandCharsMax);

/** A string runs in `/bin/sh -c` exactly as written; an array is executed directly, without a shell. */
export const CommandLine = z.union([
  CommandWord.min(1, 'command is empty'),
  z.array(CommandWord).min(1, 'command is an empty list'),
]);
export type CommandLine = z.infer<typeof CommandLine>;

/** The command as one line for people. */
export const commandText = (command: CommandLine): string =>
  typeof command === 'string'
    ? command
    : command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
