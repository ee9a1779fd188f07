/** A real program under test: its output as text, its end as a promise. */
import { spawn, type ChildProcess } from 'node:child_process';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A session of its own, so that it outlives whoever starts it. */
  readonly detached?: boolean;
}

export class Program {
  readonly #child: ChildProcess;
  #output = '';
  readonly ended: Promise<Ended>;

  constructor(argv: readonly string[], { env, cwd, detached }: StartOptions) {
    const [file = '', ...words] = argv;
    this.#child = spawn(file, words, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
      ...(detached === undefined ? {} : { detached }),
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    this.ended = new Promise((resolve) => {
      // 'exit' and not 'close': a surviving grandchild may hold the pipes open. What it wrote before is in them by now, and may
      // not be read yet, as when another child's end was noticed first: a whole round of the loop reads it.
      this.#child.on('exit', (code, signal) => setImmediate(() => setImmediate(() => resolve({ code, signal }))));
      this.#child.on('error', () => resolve({ code: null, signal: null }));
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('it could not be started');
    return this.#child.pid;
  }

  /** stdout and stderr, as they came. */
  get output(): string {
    return this.#output;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null && this.#child.pid !== undefined;
  }

  /** Sends a signal and waits for its end. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    if (this.isRunning) this.#child.kill(signal);
    return this.ended;
  }
}
