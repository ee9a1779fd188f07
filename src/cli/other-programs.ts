/**
 * `procguard manager` and `procguard worker` are programs of their own, beside this one; their flags are theirs and
 * pass untouched. They are loaded only when asked for.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const PROGRAMS: Readonly<Record<string, { readonly file: string; readonly run: string }>> = {
  manager: { file: 'manager.js', run: 'runManager' },
  worker: { file: 'launcher.js', run: 'runLauncher' },
};

/** What follows `worker` where it is this program's own command (commands/worker.ts). */
const OF_WORKERS = new Set(['add', 'ls', 'rotate', 'rm']);

/** Runs it if the first word names one; null = it names none. */
export function runOtherProgram([word = '', ...argv]: readonly string[], besideFile: string): Promise<void> | null {
  const program = Object.hasOwn(PROGRAMS, word) ? PROGRAMS[word] : undefined;
  if (!program || (word === 'worker' && OF_WORKERS.has(argv[0] ?? ''))) return null;
  const load = createRequire(besideFile);
  const exported = load(join(besideFile, '..', program.file)) as Record<string, (argv: string[]) => Promise<void>>;
  const run = exported[program.run];
  if (!run) throw new Error(`${program.file} gives no ${program.run}; build again`);
  return run(argv);
}
