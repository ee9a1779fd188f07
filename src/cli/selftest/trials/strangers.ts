/** A program of the same name, directory and words, that somebody else started: a stop does not see it. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { bestEffort, broken, holds, type Finding } from '../finding';
import type { PrivateFleet } from '../private-fleet';

const PROMISE = 'no signal to a process that ProcGuard did not start';
const WORDS = ['sh', '-c', 'while :; do sleep 1; done'];

export async function strangers(fleet: PrivateFleet): Promise<Finding[]> {
  const stranger = spawn(WORDS[0] ?? '', WORDS.slice(1), { cwd: fleet.directory, stdio: 'ignore', detached: true });
  let end: string | null = null;
  stranger.on('exit', (code, signal) => (end = signal ?? `exit code ${code}`));
  try {
    await fleet.define('namesake', '', { command: WORDS, restart_policy: 'never' });
    await fleet.order('namesake', 'stop');
    if (end !== null) return [broken(PROMISE, `a program of the same name was ended with the child: ${end}`)];
  } finally {
    // Its group: the sleep below it too.
    if (end === null && stranger.pid !== undefined) process.kill(-stranger.pid, 'SIGKILL');
  }
  const seen = 'a program of the same name, words and directory lived on while its namesake was stopped';
  return [
    existsSync('/proc/self/stat')
      ? holds(PROMISE, `${seen}; a pid counts only with its boot and its start time`)
      : bestEffort(
          PROMISE,
          `${seen}. There is no /proc here, so a pid that was given to another process can be taken for the first`,
        ),
  ];
}
