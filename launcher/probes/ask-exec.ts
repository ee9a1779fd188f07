/**
 * Runs a command; exit code 0 is good. It runs as the process does: directory, environment, identity.
 *
 * Its shell holds a watcher that reads from the launcher. When that line ends - the command has answered, took too long,
 * is wanted no more, or the launcher was killed - the watcher ends its own process group. So nothing of a probe is left
 * behind, and no signal is ever sent to a number that may be somebody else's by now.
 */
import { spawn } from 'node:child_process';
import { Gate } from './gate';
import { shown, type Trouble } from './trouble';

export interface ProbeCommand {
  readonly words: readonly string[];
  readonly workingDir: string;
  readonly env: Readonly<Record<string, string>>;
}

const SCRIPT = `exec 3<&0 </dev/null
(read -r _ <&3; kill -9 0) >/dev/null 2>&1 &
exec 3<&-
"$@"`;

/** Its last output, kept as evidence. */
const OUTPUT_BYTES_MAX = 4096;

/** Of this whole launcher at a time: a thousand probes must not be a thousand shells at once. */
const AT_ONCE_MAX = 8;
const gate = new Gate(AT_ONCE_MAX);

export const askExec = (command: ProbeCommand, timeoutMs: number, signal: AbortSignal): Promise<Trouble> =>
  gate.through(() => (signal.aborted ? Promise.resolve(null) : run(command, timeoutMs, signal)));

function run({ words, workingDir, env }: ProbeCommand, timeoutMs: number, signal: AbortSignal): Promise<Trouble> {
  return new Promise((resolve) => {
    const shell = spawn('/bin/sh', ['-c', SCRIPT, 'probe', ...words], { cwd: workingDir, env, detached: true });
    let output = Buffer.alloc(0);
    const keep = (piece: Buffer): void => {
      output = Buffer.concat([output, piece]).subarray(-OUTPUT_BYTES_MAX);
    };
    shell.stdout.on('data', keep);
    shell.stderr.on('data', keep);
    const said = (): string => (output.length === 0 ? '' : `: ${shown(output.toString('utf8'))}`);
    const settle = (trouble: Trouble): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(trouble);
      shell.stdin.destroy(); // its whole group ends
      shell.stdout.destroy();
      shell.stderr.destroy();
    };
    const onAbort = (): void => settle(null);
    const timer = setTimeout(() => settle(`not done within ${timeoutMs} ms${said()}`), timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    shell.stdin.on('error', () => {}); // it ended before the line did
    shell.on('error', ({ message }) => settle(`could not be run: ${message}`));
    // Not `close`: what the command left behind may hold its output open.
    shell.on('exit', (code, killedBy) => {
      if (code === 0) return settle(null);
      // The last words may still be on their way through the pipe.
      setImmediate(() => settle(`${killedBy === null ? `exit code ${code}` : `killed by ${killedBy}`}${said()}`));
    });
  });
}
