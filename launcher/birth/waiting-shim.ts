/**
 * A shim that was started and waits to be told for which run: an order of four lines on its stdin. When the launcher ends
 * before that, the lines end too and the shim goes.
 *
 * Every start makes one and tells it at once. For a process that restarts without delay the next one is made while this
 * run lives: then a crash costs a fork and no new shell, and nothing of Node.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, fchownSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { birthScript, isPlain } from '../core/birth-script';
import type { CradlePool } from '../store/cradle-pool';
import { prepareAccount } from '../output/account';
import { discard } from '../store/discard';
import { OF_ROOT } from './birth';
import { orderText, type Order, type Shim } from './shim-order';
import type { Birth } from './wanted';

export interface ShimSetup {
  /** The script. */
  readonly script: string;
  readonly bootId: string;
  readonly birth: Birth;
}

export class WaitingShim implements Shim {
  readonly #child: ChildProcess;
  readonly #cradle: string;
  #isTold = false;
  /** Why it could not be started; null = it was. */
  #failure: NodeJS.ErrnoException | null = null;
  #onFailure: ((error: NodeJS.ErrnoException) => void) | null = null;

  readonly birth: Birth;
  readonly cgroup = null;

  /** Throws when a file cannot be opened; a failed spawn is told by `begin`. */
  constructor(
    { script, bootId, birth }: ShimSetup,
    private readonly cradles: CradlePool,
  ) {
    this.birth = birth;
    this.#cradle = cradles.take();
    const opened: number[] = [];
    const open = (file: string, flags: string | number): number => {
      const fd = openSync(join(this.#cradle, file), flags, 0o600);
      opened.push(fd);
      return fd;
    };
    try {
      // Read and write: the shim is a reader too, so its last word meets no broken pipe when the launcher is gone.
      const lifeline = open('lifeline', constants.O_RDWR);
      const output = open('output', 'a');
      const errors = birth.isSplit ? open('errors', 'a') : output;
      if (birth.isSplit) prepareAccount(join(this.#cradle, 'errors'));
      this.#child = spawn('/bin/sh', [script, bootId, 'once', ...birth.words], {
        ...(birth.as.kind === 'other' ? OF_ROOT : { cwd: birth.workingDir, env: birth.env.all }),
        detached: true,
        stdio: ['pipe', output, errors, lifeline],
      });
      if (birth.as.kind === 'other')
        for (const fd of new Set([output, errors])) fchownSync(fd, birth.as.uid, birth.as.gid);
    } catch (error) {
      discard(this.#cradle);
      throw error;
    } finally {
      opened.forEach((fd) => closeSync(fd));
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

  begin(order: Order, opened: () => void, onFailure: (error: NodeJS.ErrnoException) => void): void {
    this.#isTold = true;
    this.#onFailure = onFailure;
    if (this.#failure !== null) return onFailure(this.#failure);
    if (this.#child.pid === undefined) return; // the failure is on its way
    try {
      this.cradles.settle(this.#cradle, order.directory);
      opened();
    } catch (error) {
      this.#child.stdin?.destroy();
      discard(this.#cradle); // where it is still there
      throw error;
    }
    // Somebody may have stopped it while it waited, and then nobody would be born and nothing said.
    this.#child.kill('SIGCONT');
    const { steps } = order;
    this.#child.stdin?.end(isPlain(steps) ? orderText(order, 'plain') : orderText(order, 'script', birthScript(steps)));
  }

  drop(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#child.stdin?.destroy();
    discard(this.#cradle);
  }

  /** It has ended by itself; without an order it never would. */
  done(): void {
    this.drop();
  }
}
