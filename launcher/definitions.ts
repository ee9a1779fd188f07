/** What this start defines: the process of the command line, those of `--processes`, and those of the launcher's own file. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { ProcessName } from '../protocol/ids';
import { ProcessSpec } from '../protocol/process-spec';
import { whyCircular } from './core/dependency-graph';
import type { Defined } from './keeper/keepers';
import type { LauncherOptions } from './options';

/** Throws a sentence for the user where these cannot be kept: no list of definitions, a name twice, a circle. */
export function definitionsOf(options: LauncherOptions): Defined[] {
  const main = mainProcess(options);
  const listed = options.processesFile === null ? [] : readProcesses(options.processesFile);
  const own = options.workerFile?.processes ?? [];
  const foreign = listed.find(({ role }) => role !== 'service');
  if (foreign !== undefined)
    throw new Error(
      `the process "${foreign.name}" has the role ${foreign.role}, which is for queues alone; leave it out`,
    );
  const defined: Defined[] = [...listed, ...own].map((spec) => ({ spec, origin: 'file' }));
  if (main !== null) defined.unshift({ spec: main, origin: 'command-line' });
  const names = defined.map(({ spec }) => spec.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`the process "${twice}" is defined twice; give each its own name`);
  const circle = whyCircular(
    options.workerId,
    defined.map(({ spec }) => spec),
  );
  if (circle !== null) throw new Error(circle);
  return defined;
}

/** Carries its worker's id: seed 002 knows one command per worker. */
function mainProcess(options: LauncherOptions): ProcessSpec | null {
  const { command, restartPolicy, maxRestarts, restartDelayMs, stopTimeoutMs } = options;
  if (command === null) return null;
  return ProcessSpec.parse({
    name: ProcessName.parse(options.workerId),
    command,
    workingDir: resolve(options.workingDir ?? '.'),
    env: options.env,
    restart: {
      ...(restartPolicy === null ? {} : { when: restartPolicy }),
      ...(maxRestarts === null ? {} : { maxRestarts }),
      ...(restartDelayMs === null ? {} : { delayMs: restartDelayMs }),
    },
    stop: stopTimeoutMs === null ? {} : { graceMs: stopTimeoutMs },
    autoStart: options.autoStart,
  });
}

function readProcesses(file: string): ProcessSpec[] {
  let json: unknown;
  try {
    json = JSON.parse(file === '-' ? stdinText() : readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`--processes ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const parsed = z.array(ProcessSpec).safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`--processes ${file} is wrong at ${issue?.path.join('.') ?? '?'}: ${issue?.message ?? ''}`);
}

/** So that what is secret need stand in no file. There once, and asked for again when the launcher's own file is read again. */
function stdinText(): string {
  return (heard ??= readFileSync(0, 'utf8'));
}
let heard: string | null = null;
