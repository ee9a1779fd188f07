/** `procguard`: runs one command, and turns every way it can fail into a sentence and an exit code. */
import { CommanderError, type Command } from 'commander';
import { CliError, EXIT } from './exit';
import { runOtherProgram } from './other-programs';
import { sentence } from './print/sentence';
import { buildProgram } from './program';

async function main(argv: string[]): Promise<void> {
  const other = runOtherProgram(argv, __filename);
  if (other !== null) return other;
  // `procguard logs x | head` ends when head has enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT.ok);
  });
  try {
    await withExits(buildProgram()).parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    else if (error instanceof CliError) {
      // The manager's sentences hold what others wrote: why a process is disabled, what a launcher calls itself.
      process.stderr.write(`${error.message.split('\n').map(sentence).join('\n')}\n`);
      process.exitCode = error.exit;
    } else throw error;
  }
}

/** Commander's own errors are thrown, also by the commands' parsers. */
function withExits(program: Command): Command {
  program.exitOverride();
  for (const command of program.commands) withExits(command);
  return program;
}

void main(process.argv.slice(2));
