/** A command beside a run, as the run itself would have run it: its directory, its environment, its user. For probes. */
import { resolve } from 'node:path';
import type { CommandLine } from '../../protocol/command-line';
import { plainlyNamed } from '../core/child-environment';
import { quoted } from '../core/birth-script';
import { birthOf, OF_ROOT, pathOf } from './birth';
import type { Machine } from '../process/machine';
import { wordsOf } from './program';
import { wordsUnder } from './ruling';
import { CannotBeBorn, type Wanted } from './wanted';

export interface BesideCommand {
  readonly words: readonly string[];
  readonly workingDir: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Carries the environment of another user past programs that run as root, which take no notice of it. */
const CARRIER = '__pg_environment';

/**
 * Where the definition is at fault by now, a command that says so and fails. Null = a rule that came while the run lives is
 * against it: that is no fault of the run, so nothing is to follow from it.
 */
export function besideRun(wanted: Wanted, machine: Machine, line: CommandLine): BesideCommand | null {
  try {
    const { as, env, workingDir } = birthOf(wanted, machine);
    const words = wordsIn(workingDir, wanted, line);
    if (as.kind === 'same') return { words, workingDir, env: env.all };
    const carried = plainlyNamed(env.all).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
    const enter = `__pg_newline='\n'; cd ${quoted(workingDir)} && eval "$${CARRIER}" && unset ${CARRIER} && exec "$@"`;
    return {
      words: [...as.words, '/bin/sh', '-c', enter, 'beside', ...words],
      workingDir: OF_ROOT.cwd,
      env: { ...OF_ROOT.env, [CARRIER]: carried.join('') },
    };
  } catch (error) {
    if (!(error instanceof CannotBeBorn)) throw error;
    if (error.obstacle === 'rule') return null;
    const complain = ['/bin/sh', '-c', 'echo "$1"; exit 1', 'beside', error.message];
    return { words: complain, workingDir: resolve(wanted.workingDir), env: OF_ROOT.env };
  }
}

/** @throws CannotBeBorn where a rule is against them */
function wordsIn(workingDir: string, wanted: Wanted, line: CommandLine): readonly string[] {
  if (wanted.rules === null) return wordsOf(line);
  const ruling = wordsUnder(wanted.rules, 'exec', line, { workingDir, path: pathOf(wanted) });
  if (ruling.kind === 'refused') throw new CannotBeBorn(ruling.refusal.why, 'rule');
  return ruling.value;
}
