/** One program of ours on the stage. It may be killed, frozen and brought back in any order; it is up when the last word was so. */
import type { Ended, Program } from '../../harness/program';

export class Player {
  #program: Program | null = null;
  #frozen = false;
  /** Comings and goings take turns: a program that is being killed is not brought back at the same time. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Lives that nobody ended: it went by itself. */
  endsByItself = 0;
  #isToGo = false;
  /** Of all its lives. */
  readonly pids: number[] = [];
  /** What earlier lives said, for the report of a violation. */
  readonly #said: string[] = [];

  constructor(
    readonly name: string,
    /** Resolves when it is there. */
    private readonly begin: () => Promise<Program>,
  ) {}

  get isUp(): boolean {
    return this.#program?.isRunning === true;
  }

  get pid(): number | null {
    return this.isUp ? (this.#program?.pid ?? null) : null;
  }

  /** Everything it printed in all its lives. */
  get output(): string {
    return [...this.#said, this.#program?.output ?? ''].join('\n--- next life ---\n');
  }

  /** Starts it, if it does not run. */
  come(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.isUp) return;
      if (this.#program !== null) this.#said.push(this.#program.output);
      this.#frozen = false;
      this.#isToGo = false;
      const program = await this.begin();
      this.pids.push(program.pid);
      void program.ended.then(() => {
        if (!this.#isToGo) this.endsByItself += 1;
      });
      this.#program = program;
    });
  }

  go(signal: 'SIGKILL' | 'SIGTERM'): Promise<Ended | null> {
    return this.#inTurn(async () => {
      this.#isToGo = this.isUp || this.#isToGo;
      if (this.#frozen && signal === 'SIGTERM') this.#signal('SIGCONT');
      return (await this.#program?.end(signal)) ?? null;
    });
  }

  freeze(): void {
    this.#frozen = true;
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#frozen = false;
    this.#signal('SIGCONT');
  }

  #signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    if (this.isUp && this.#program !== null) process.kill(this.#program.pid, signal);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
