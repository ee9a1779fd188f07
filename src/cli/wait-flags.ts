/** How long a command waits until it is so. */
import type { Command } from 'commander';
import { LIMITS } from '../../protocol/limits';
import { asDuration } from './context';
import { CliError, EXIT } from './exit';

export interface WaitFlags {
  readonly wait: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
}

export const addWaitFlags = (command: Command): Command =>
  command
    .option('--no-wait', 'answer when the command is on its way, not when it is done')
    .option(
      '--timeout <duration>',
      `how long to wait for each process, ${LIMITS.commandWaitMsMax / 3_600_000}h at most; the command goes on`,
      asTimeout,
      LIMITS.commandWaitMs,
    );

/** As the manager takes it: seconds. */
export const waitingOf = ({ wait, timeout = LIMITS.commandWaitMs }: WaitFlags): { wait: boolean; timeout: number } => ({
  wait,
  timeout: timeout / 1000,
});

function asTimeout(text: string): number {
  const ms = asDuration(text);
  if (ms > 0 && ms <= LIMITS.commandWaitMsMax) return ms;
  throw new CliError(EXIT.usage, `--timeout ${text}: the manager waits at most 1h; use --no-wait, and look later`);
}
