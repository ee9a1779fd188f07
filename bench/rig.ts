/**
 * Where a measure runs: a scratch directory, and the list of what it started. Closing ends all of it, newest first,
 * also after a failure or Ctrl-C; nothing is left on the machine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program, type ProgramOptions } from './program';

type Ending = () => Promise<void> | void;

export class Rig {
  readonly scratch = mkdtempSync(join(tmpdir(), 'procguard-bench-'));
  readonly #endings: Ending[] = [];
  #closing: Promise<void> | null = null;

  /** @param isQuick fewer rounds: the same comparison, less sure */
  constructor(readonly isQuick: boolean) {}

  /** `full` rounds, or `quick` ones. */
  rounds(full: number, quick: number): number {
    return this.isQuick ? quick : full;
  }

  path(name: string): string {
    return join(this.scratch, name);
  }

  /** Runs at the end of the measure, the last one named first. */
  atEnd(ending: Ending): void {
    this.#endings.push(ending);
  }

  /** @throws when the measure was interrupted: nothing more is begun then */
  start(command: readonly [string, ...string[]], options: ProgramOptions = {}): Program {
    if (this.#closing !== null) throw new Error('interrupted');
    const program = new Program(command, options);
    this.atEnd(() => program.stop());
    return program;
  }

  /** Runs a part with a rig of its own, closed after it: the next part begins on an empty machine. */
  async apart<T>(part: (rig: Rig) => Promise<T>): Promise<T> {
    const rig = new Rig(this.isQuick);
    const ending = (): Promise<void> => rig.close();
    this.atEnd(ending);
    try {
      return await part(rig);
    } finally {
      await rig.close();
      this.#endings.splice(this.#endings.indexOf(ending), 1);
    }
  }

  /** Once, however often it is asked for: a measure that is interrupted also ends by its own failure. */
  close(): Promise<void> {
    return (this.#closing ??= this.#end());
  }

  async #end(): Promise<void> {
    for (let ending = this.#endings.pop(); ending !== undefined; ending = this.#endings.pop())
      try {
        await ending();
      } catch (error) {
        console.error(`      while clearing up: ${error instanceof Error ? error.message : String(error)}`);
      }
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
