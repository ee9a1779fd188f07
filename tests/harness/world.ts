/** One test file's programs and directories, and the check that nothing of them is left over. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftover, findMarked, MARK } from './leftovers';
import { Program, type StartOptions } from './program';
import { until } from './until';

export class World {
  readonly id = randomUUID();
  readonly #programs: Program[] = [];
  readonly #directories: string[] = [];
  readonly #cleanUps: (() => Promise<void>)[] = [];

  /** A fresh directory, removed after the test. */
  directory(): string {
    const path = mkdtempSync(join(tmpdir(), 'procguard-test-'));
    this.#directories.push(path);
    return path;
  }

  /** Starts a program that is ended after the test at the latest. */
  start(argv: readonly string[], options: StartOptions = {}): Program {
    const program = new Program(argv, { ...options, env: { ...options.env, [MARK]: this.id } });
    this.#programs.push(program);
    return program;
  }

  /** Done after the test, before programs are ended; the last one given first. */
  afterwards(cleanUp: () => Promise<void>): void {
    this.#cleanUps.push(cleanUp);
  }

  async end(): Promise<void> {
    for (const cleanUp of this.#cleanUps.splice(0).reverse()) await cleanUp();
    await Promise.all(this.#programs.splice(0).map((program) => program.end('SIGKILL')));
    try {
      await this.#failOnLeftovers();
    } finally {
      for (const path of this.#directories.splice(0)) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  async #failOnLeftovers(): Promise<void> {
    // What was just ended may take a moment to vanish; what does not vanish was left over.
    const gone = until('all programs to be gone', 30_000, () => findMarked(this.id).length === 0);
    if (await gone.catch(() => false)) return;
    const left = findMarked(this.id);
    left.forEach(endLeftover);
    const list = left.map(({ pid, command }) => `${pid} ${command}`).join('\n  ');
    throw new Error(`left over after the test:\n  ${list}`);
  }
}

/** For the top of a test file. */
export function useWorld(): World {
  const world = new World();
  afterEach(() => world.end(), 120_000);
  return world;
}
