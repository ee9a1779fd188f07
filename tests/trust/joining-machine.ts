/** A machine on which somebody types lines from docs/join.md: a home of its own, on this host or on another (network.ts). */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../harness/leftovers';
import { LAUNCHER } from '../harness/launcher';
import { textIn } from '../harness/text-in';
import type { World } from '../harness/world';

export interface Typed {
  readonly code: number | null;
  readonly output: string;
}

export class JoiningMachine {
  /** What the script installs is here. */
  readonly home: string;
  /** Where the lines are typed. */
  readonly cwd: string;

  /** @param on before each command line: another host's */
  constructor(
    private readonly world: World,
    private readonly on: readonly string[] = [],
  ) {
    this.cwd = world.directory();
    this.home = join(this.cwd, 'home');
    world.afterwards(() => this.endEverything());
  }

  /** A line to its end. What it starts in the background lives on. */
  async type(line: string, env: Readonly<Record<string, string>> = {}): Promise<Typed> {
    const shell = this.world.start([...this.on, 'sh', '-c', line], {
      cwd: this.cwd,
      env: { PROCGUARD_HOME: this.home, ...env },
    });
    const { code } = await shell.ended;
    return { code, output: shell.output };
  }

  /** Of the launcher in the background; null = none runs. */
  launcherPid(worker: string): number | null {
    const pid = Number(textIn(join(this.home, 'workers', worker, 'worker.pid')).split(' ')[0]);
    return pid > 0 && isAlive(pid) ? pid : null;
  }

  /** Everything below the home, relative to it; empty = there is none. */
  installed(): string[] {
    return existsSync(this.home) ? readdirSync(this.home, { recursive: true, encoding: 'utf8' }) : [];
  }

  private async endEverything(): Promise<void> {
    const workers = join(this.home, 'workers');
    for (const id of existsSync(workers) ? readdirSync(workers) : []) {
      const argv = [process.execPath, LAUNCHER, '--worker-id', id, '--data-dir', join(workers, id), '--stop-all'];
      await this.world.start([...this.on, ...argv], { cwd: this.cwd }).ended;
    }
  }
}
