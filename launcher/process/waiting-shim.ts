/**
 * A shim that was started and waits to be told for which run: an order of four lines on its stdin. When the launcher ends
 * before that, the lines end too and the shim goes.
 *
 * Every start makes one and tells it at once. For a process that restarts without delay the next one is made while this
 * run lives: then a crash costs a fork and no new shell, and nothing of Node.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunId } from '../../protocol/ids';
import { oddlyNamed } from '../core/child-environment';
import type { CradlePool } from '../store/cradle-pool';

export interface ShimSetup {
  /** The script. */
  readonly script: string;
  readonly bootId: string;
  readonly words: readonly string[];
  readonly workingDir: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Order {
  readonly run: RunId;
  readonly bornAtMs: number;
  /** The run's directory: the cradle is moved there. */
  readonly directory: string;
  readonly cgroup: string | null;
}

export class WaitingShim {
  readonly #child: ChildProcess;
  readonly #cradle: string;
  #isTold = false;
  /** Why it could not be started; null = it was. */
  #failure: NodeJS.ErrnoException | null = null;
  #onFailure: ((error: NodeJS.ErrnoException) => void) | null = null;

  /** Throws when a file cannot be opened; a failed spawn is told by `begin`. */
  constructor(
    { script, bootId, words, workingDir, env }: ShimSetup,
    private readonly cradles: CradlePool,
  ) {
    this.#cradle = cradles.take();
    // Read and write: the shim is a reader too, so its last word meets no broken pipe when the launcher is gone.
    const lifeline = openSync(join(this.#cradle, 'lifeline'), constants.O_RDWR);
    const output = openSync(join(this.#cradle, 'output'), 'a');
    try {
      this.#child = spawn('/bin/sh', [script, bootId, ...throughTheShell(words, env)], {
        cwd: workingDir,
        env,
        detached: true,
        stdio: ['pipe', output, output, lifeline],
      });
    } finally {
      closeSync(lifeline);
      closeSync(output);
    }
    this.#child.on('error', (error) => {
      this.#failure = error;
      this.#onFailure?.(error);
    });
    this.#child.stdin?.on('error', () => {}); // it went before it was told; its lifeline says so
    this.#child.unref();
  }

  get isWaiting(): boolean {
    const { exitCode, signalCode, pid } = this.#child;
    return !this.#isTold && pid !== undefined && exitCode === null && signalCode === null;
  }

  /** Makes it the shim of this run. @param opened called when the directory is in place and before the shim is told */
  begin(order: Order, opened: () => void, onFailure: (error: NodeJS.ErrnoException) => void): void {
    this.#isTold = true;
    this.#onFailure = onFailure;
    if (this.#failure !== null) return onFailure(this.#failure);
    if (this.#child.pid === undefined) return; // the failure is on its way
    this.cradles.settle(this.#cradle, order.directory);
    opened();
    const { directory, run, bornAtMs, cgroup } = order;
    /** Seconds since the epoch, for WORKER_START_TIME. */
    const bornAt = (bornAtMs / 1000).toFixed(3);
    this.#child.stdin?.end(`${directory}\n${run}\n${bornAt}\n${cgroup ?? ''}\n`);
  }

  /** It is not needed after all. */
  drop(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#child.stdin?.destroy();
    rmSync(this.#cradle, { recursive: true, force: true });
  }
}

/** sh drops variables whose names it could not have written itself (`a.b`). `env` sets them behind its back. */
function throughTheShell(words: readonly string[], env: Readonly<Record<string, string>>): readonly string[] {
  const odd = oddlyNamed(env);
  return odd.length === 0 ? words : ['env', ...odd, ...words];
}
