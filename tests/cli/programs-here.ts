/** The built programs, run as users run them: a manager, launchers, and the command line on a port of their own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quietPort } from '../harness/quiet-port';
import { until } from '../harness/until';

export const PROCGUARD = join(__dirname, '../../dist/procguard.js');
const DEADLINE_MS = 60_000;

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class ProgramsHere {
  readonly dir = mkdtempSync(join(tmpdir(), 'procguard-cli-'));
  url = '';
  private manager: ChildProcess | null = null;
  private readonly workers = new Map<string, ChildProcess>();
  private readonly following = new Set<Running>();

  constructor() {
    if (!existsSync(PROCGUARD)) throw new Error(`${PROCGUARD} is missing: npm run build`);
  }

  /** On the port it had before, when it had one. */
  async startManager(): Promise<void> {
    const port = this.url === '' ? String(await quietPort()) : new URL(this.url).port;
    const running = this.run('manager', '--host', '127.0.0.1', '--port', port, '--data-dir', join(this.dir, 'manager'));
    this.manager = running.child;
    const said = await running.until('the address', (text) => /dashboard: (http:\/\/\S+)\/\n/.exec(text)?.[1]);
    this.url = said.replace('localhost', '127.0.0.1');
  }

  async killManager(): Promise<void> {
    await ended(this.manager, 'SIGKILL');
    this.manager = null;
  }

  /** @param processes as in the file of --processes */
  async startWorker(id: string, processes: readonly object[], ...flags: string[]): Promise<void> {
    const file = join(this.dir, `${id}.json`);
    writeFileSync(file, JSON.stringify(processes));
    const where = ['--worker-id', id, '--manager-url', this.url, '--data-dir', join(this.dir, id)];
    this.workers.set(id, this.run('worker', ...where, '--processes', file, ...flags).child);
    await until(`worker ${id} in ls`, DEADLINE_MS, async () => {
      const { out } = await this.cli('ls', '-o', 'name', `node=${id}`);
      return out.split('\n').filter(Boolean).length >= processes.length;
    });
  }

  /** One command to its end. */
  cli(...args: string[]): Promise<Ran> {
    return this.toEnd(this.run(...args));
  }

  /** A line for sh, in which "$@" is procguard. */
  shell(line: string): Promise<Ran> {
    return this.toEnd(this.begin('sh', '-c', line, 'sh', process.execPath, PROCGUARD));
  }

  private async toEnd(running: Running): Promise<Ran> {
    const code = await running.ended;
    this.following.delete(running);
    return { code, out: running.out, err: running.err };
  }

  /** A command that goes on; it ends with the test's programs. */
  run(...args: string[]): Running {
    return this.begin(process.execPath, PROCGUARD, ...args);
  }

  private begin(program: string, ...args: string[]): Running {
    // Times are printed as of one zone, wherever the test runs.
    const here = { PROCGUARD_URL: this.url, NO_COLOR: '', TZ: 'UTC' };
    const running = new Running(program, args, this.dir, { ...process.env, ...here });
    this.following.add(running);
    return running;
  }

  /** The state of a process as the manager shows it. */
  async untilState(key: string, state: string): Promise<void> {
    await until(`${key} ${state}`, DEADLINE_MS, async () => {
      const { out } = await this.cli('ls', key, '-o', 'json');
      return out !== '' && (JSON.parse(out) as { state: string }[])[0]?.state === state;
    });
  }

  /** Everything ends, children first; whatever is left over is an error. */
  async stop(): Promise<void> {
    for (const [id, worker] of this.workers) {
      await ended(worker, 'SIGTERM');
      const flags = ['worker', '--stop-all', '--worker-id', id, '--data-dir', join(this.dir, id)];
      const { status, stderr } = spawnSync(process.execPath, [PROCGUARD, ...flags], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`worker ${id} left something: ${stderr}`);
    }
    await ended(this.manager, 'SIGTERM');
    for (const { child } of this.following) await ended(child, 'SIGKILL');
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** One program under way, with what it has said so far. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  out = '';
  err = '';
  /** It has ended, and all that it said is here. */
  private isOver = false;

  /** @param cwd away from the repository, whose configuration and data would be found and shared */
  constructor(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
    this.child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code) => {
        this.isOver = true;
        resolve(code);
      }),
    );
  }

  /** Waits until what it said holds something. */
  until<T>(what: string, fact: (out: string) => T | undefined | null | false): Promise<T> {
    return until(what, DEADLINE_MS, () => {
      const found = fact(this.out);
      if (!found && this.isOver) throw new Error(`it ended before ${what}: ${this.out}${this.err}`);
      return found;
    });
  }
}

async function ended(child: ChildProcess | null, signal: NodeJS.Signals): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}
