/** A program that a measure started: its lines, its end, and what it said when it failed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { within } from './deadline';

export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

const STOP_GRACE_MS = 15_000;
const SAID_LINES_MAX = 20;

export class Program {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #said: string[] = [];
  readonly #waiting: { test: RegExp; heard: (match: RegExpExecArray) => void; failed: (error: Error) => void }[] = [];
  #isOver = false;

  constructor(
    private readonly command: readonly [string, ...string[]],
    { env, cwd }: ProgramOptions,
  ) {
    const [file, ...words] = command;
    this.#child = spawn(file, words, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(env === undefined ? {} : { env: { ...process.env, ...env } }),
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.#ended = once(this.#child, 'close').catch(() => undefined);
    for (const stream of [this.#child.stdout, this.#child.stderr])
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#hear(line));
    this.#child.stdin?.on('error', () => undefined); // it ended first; `line` tells
    this.#child.on('error', (error) => this.#over(error.message));
    this.#child.on('close', (code, signal) => this.#over(`it ended with ${signal ?? `exit code ${code}`}`));
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.command.join(' ')} could not be started`);
    return this.#child.pid;
  }

  /** The next line that matches. Ask before doing what makes it say so. */
  line(test: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> {
    const heard = new Promise<RegExpExecArray>((heard, failed) => this.#waiting.push({ test, heard, failed }));
    if (this.#isOver) this.#over('it had ended');
    return within(timeoutMs, `${this.command.join(' ').slice(0, 200)} to say ${test}`, heard);
  }

  /** @throws when it has ended, with its last words */
  assertAlive(): void {
    if (this.#isOver) throw new Error(this.#lastWords('it had ended'));
  }

  say(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** SIGTERM and, if that is not heard, SIGKILL. Resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.#child.kill('SIGCONT');
    this.#child.kill('SIGTERM');
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_GRACE_MS);
    await this.#ended;
    clearTimeout(killer);
  }

  #hear(line: string): void {
    this.#said.push(line);
    if (this.#said.length > SAID_LINES_MAX) this.#said.shift();
    const index = this.#waiting.findIndex(({ test }) => test.test(line));
    const [first] = index < 0 ? [] : this.#waiting.splice(index, 1);
    const match = first?.test.exec(line);
    if (match) first?.heard(match);
  }

  #over(how: string): void {
    this.#isOver = true;
    for (const { failed } of this.#waiting.splice(0)) failed(new Error(this.#lastWords(how)));
  }

  #lastWords(how: string): string {
    const said = this.#said.length === 0 ? '' : `; its last words:\n${this.#said.join('\n')}`;
    return `${this.command.join(' ').slice(0, 200)}: ${how}${said}`;
  }
}
