/** A task as a process of this launcher: it is never restarted by itself, because the queue decides whether it is tried again. */
import { resolve } from 'node:path';
import { ProcessSpec, type CommandLine } from '../../protocol/process-spec';
import type { Task, TaskWish } from '../core/local-jobs/task';

export interface AttemptSettings {
  /** The shell that runs a command without `args`; null = the system's own, or none where the owner's rules say so. */
  readonly shell: string | null;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
}

export const attemptSpec = ({ id, wish }: Task, settings: AttemptSettings): ProcessSpec =>
  ProcessSpec.parse({
    name: id,
    role: 'local-job',
    type: wish.type,
    command: commandOf(wish, settings.shell),
    workingDir: wish.workdir === null ? null : resolve(wish.workdir),
    env: wish.env,
    output: 'split',
    restart: { when: 'never' },
    stop: { graceMs: settings.graceMs },
  });

function commandOf({ command, args }: TaskWish, shell: string | null): CommandLine {
  if (args.length > 0) return [command, ...args];
  return shell === null ? command : [shell, '-c', command];
}
