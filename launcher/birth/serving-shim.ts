/**
 * A shim that serves one run after another: for runs that come by the hundred and are over at once, where a fork of Node
 * (1 ms and more, with everything waiting) for each would be most of what they cost. A fork of the shim costs a tenth.
 *
 * It waits with the files of the next run open, and says so before it is handed out: so a launcher that is killed leaves an
 * order that was given whole, or none, and whoever adopts the run finds its lifeline held. It is given back when the tree of
 * its run was verified gone: until then the session is that run's. It is in a cgroup of its own, without which nobody can say
 * so surely: where there is none, each run has its own shim. Idle, it goes with its launcher, and after a while by itself.
 *
 * A signal from outside may end one that reads (dash takes it for the end of its orders): a run that it was being told of is
 * then not born, and its attempt is told as lost.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { canBeGiven, servedScript, sprintScript, type Given } from '../core/birth-script';
import { plainlyNamed, type Environment } from '../core/child-environment';
import type { CradlePool } from '../store/cradle-pool';
import { discard } from '../store/discard';
import type { ShimCgroups } from '../tree/shim-cgroup';
import { bornAt, LET_GO, servedOrderText, SPRINT, type Order } from './shim-order';
import { ShimLook } from './shim-look';
import type { Birth } from './wanted';

export interface ServingSetup {
  /** The script. */
  readonly script: string;
  readonly bootId: string;
  /** As most of those that it will serve have it. */
  readonly environment: Environment;
}

/** Where shims of this kind are kept apart, each with what it forks. */
type Cgroups = Pick<ShimCgroups, 'make' | 'remove'>;

interface ServingNews {
  waiting(shim: ServingShim): void;
  gone(shim: ServingShim): void;
}

/** False where a birth is another shim's business: another user's, a container's, or of variables that no running shell takes. */
export const canServe = ({ as, isContainer, isSplit, env }: Birth, envOfShim: ServingSetup['environment']): boolean =>
  as.kind === 'same' && !isContainer && !isSplit && canBeGiven({ env, envOfShim });

export class ServingShim {
  readonly #child: ChildProcess;
  /** What it has open, until it is a run's. */
  #cradle: string | null = null;
  /** Or is on its way. */
  #isGone = false;
  #cgroup: string | null = null;
  #look: ShimLook | null = null;
  #leave: () => void = () => {};

  constructor(
    private readonly setup: ServingSetup,
    readonly cradles: CradlePool,
    private readonly cgroups: Cgroups,
    news: ServingNews,
  ) {
    const { script, bootId, environment } = setup;
    this.#child = spawn('/bin/sh', [script, bootId, 'serving'], {
      cwd: '/',
      env: Object.fromEntries(plainlyNamed(environment.all)),
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const gone = (): void => {
      this.#isGone = true;
      this.#giveUpCradle();
      this.#look?.close();
      this.#look = null;
      this.#removeCgroup();
      news.gone(this);
    };
    this.#child.on('error', gone);
    this.#child.on('exit', gone);
    const { stdin, stdout } = this.#child;
    stdin?.on('error', () => {}); // it went before it was told; its end says so
    stdout?.on('data', () => news.waiting(this));
    this.#child.unref();
    for (const pipe of [stdin, stdout]) (pipe as Socket | null)?.unref();
    void this.#begin();
  }

  async #begin(): Promise<void> {
    const { pid } = this.#child;
    if (pid !== undefined) this.#cgroup = await this.cgroups.make(pid);
    if (this.#isGone) return this.#removeCgroup();
    if (pid === undefined || this.#cgroup === null) return this.end();
    this.#child.stdin?.write(`${this.#cgroup}\n`);
    try {
      this.#look = new ShimLook(pid, this.#cgroup);
      this.serveOn();
    } catch {
      this.end(); // a full disk, or no descriptor is left
    }
  }

  /** In which it is, and whatever it forks; null = it is not there yet. */
  get cgroup(): string | null {
    return this.#cgroup;
  }

  /** It waits for its order. */
  get isReady(): boolean {
    return this.#cradle !== null;
  }

  /** Nothing is left of its run, and it is as it was before. */
  get isClear(): boolean {
    return !this.#isGone && this.#look?.isClear === true;
  }

  /** Nothing is left of its run: it makes ready for the next one. Throws where the disk gives nothing for it. */
  serveOn(): void {
    // Its cgroup could not be removed while the run was in it.
    if (this.#isGone) return this.#removeCgroup();
    if (this.#look?.isAsItWas !== true) return this.end();
    this.#cradle = this.cradles.take();
    this.#child.stdin?.write(`${this.#cradle}\n`);
  }

  /**
   * The directory that it has open is the caller's: it is no more given up with the shim.
   * @param leave called when it becomes somebody else's
   */
  lend(leave: () => void): string {
    const cradle = this.#cradle;
    if (cradle === null) throw new Error('a shim that does not wait was given an order');
    if (leave !== this.#leave) this.#leave();
    this.#leave = leave;
    this.#cradle = null;
    return cradle;
  }

  /** It has that still open, and waits for the next order. */
  giveBack(cradle: string): void {
    this.#cradle = cradle;
    if (this.#isGone) this.#giveUpCradle();
  }

  /** Makes it the shim of this run. @param opened called when the directory is in place and before the shim is told */
  begin(order: Order, birth: Birth, opened: () => void): void {
    const cradle = this.lend(() => {});
    try {
      this.cradles.settle(cradle, order.directory);
      opened();
    } catch (error) {
      discard(cradle); // where it is still there
      this.end();
      throw error;
    }
    this.#give(order, birth);
    this.letGo();
  }

  #give(order: Omit<Order, 'directory'>, birth: Birth): void {
    this.#child.stdin?.write(servedOrderText(order, servedScript(order.steps, this.#givenTo(birth, order.cgroup))));
  }

  /** @param of the run: one with limits is in a cgroup of its own */
  #givenTo({ words, workingDir, env }: Birth, of: string | null): Given {
    const cgroup = of === this.#cgroup ? null : (of ?? '');
    return { words, workingDir, cgroup, env, envOfShim: this.setup.environment };
  }

  /** The same by a file in that directory. @param write it, before the shim is told */
  sprint(order: Omit<Order, 'directory'>, birth: Birth, write: (script: string) => void): void {
    write(sprintScript(order.run, bornAt(order), order.steps, this.#givenTo(birth, order.cgroup)));
    this.#child.stdin?.write(SPRINT);
  }

  /** It closes what it has open, at once or when its run is over. */
  letGo(): void {
    this.#child.stdin?.write(LET_GO);
  }

  /** It takes no order any more, for whatever reason. Whom it has forked lives on. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** It goes when what it serves is over. */
  end(): void {
    // One that waits goes this moment, and a launcher that ends stays for that: its cgroup is to go too.
    if (this.isReady) this.#child.ref();
    this.#isGone = true;
    this.#giveUpCradle();
    this.#child.stdin?.end();
  }

  #removeCgroup(): void {
    if (this.#cgroup !== null) this.cgroups.remove(this.#cgroup);
  }

  #giveUpCradle(): void {
    if (this.#cradle === null) return;
    this.#leave();
    discard(this.#cradle);
    this.#cradle = null;
  }
}
