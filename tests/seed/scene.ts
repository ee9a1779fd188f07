/**
 * A machine on which the lines of a seed are typed as they are written: the ports they name (5000, 8080, 8001, 8090) are
 * its own, since it is a network namespace with nothing but its loopback in use. `manager` is started there by
 * configs/all_seeds.yaml, everything else is typed.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMarked } from '../harness/leftovers';
import { testHost, whyNoTestHosts, type TestHost } from '../harness/network';
import type { Program } from '../harness/program';
import { until } from '../harness/until';
import type { World } from '../harness/world';
import { checkoutCopy } from './checkout-copy';

export const DEADLINE_MS = 60_000;

/** `test`, or where no scene can be, a skip that is said. */
export function testSeed(what: string, act: () => Promise<void>): void {
  const why = whyNoScene();
  if (why !== null) console.warn(`SKIPPED: ${what}: ${why}`);
  (why === null ? test : test.skip)(what, act, 300_000);
}

function whyNoScene(): string | null {
  const missing = ['curl', 'python3', 'bash'].filter((name) => spawnSync(name, ['--version']).status !== 0);
  return missing.length === 0 ? whyNoTestHosts() : `${missing.join(', ')} is not installed`;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- looked into by the tests
export type Json = any;

export class Scene {
  /** A checkout, where lines are typed. */
  readonly copy: string;
  private readonly host: TestHost;
  private running: Program | null = null;
  /** Given to every line. */
  readonly environment: Record<string, string>;

  /** @param number of the host, 1..250: one for each test that may run beside others */
  constructor(
    private readonly world: World,
    number: number,
  ) {
    this.copy = checkoutCopy(world);
    this.host = testHost(number);
    world.afterwards(async () => this.host.close());
    const home = join(this.copy, 'home');
    mkdirSync(home);
    // What is typed says nothing of a progress bar, since nobody sits before it.
    writeFileSync(join(home, '.curlrc'), 'silent\nshow-error\n');
    this.environment = {
      PATH: `${join(this.copy, 'stub')}:${process.env['PATH'] ?? ''}`,
      CURL_HOME: home,
      // npx shall find what is here, and ask nobody.
      npm_config_offline: 'true',
      npm_config_yes: 'false',
      npm_config_update_notifier: 'false',
    };
    mkdirSync(join(this.copy, 'stub'));
    // As a user puts it where it is found.
    symlinkSync(join(this.copy, 'simpletuner'), join(this.copy, 'stub/simpletuner'));
    if (spawnSync('jq', ['--version']).status !== 0)
      this.stub('jq', `exec node -p 'JSON.stringify(JSON.parse(require("fs").readFileSync(0)), null, 2)'`);
    world.afterwards(() => this.endEverything());
  }

  /** A program that is found before any of that name. */
  stub(name: string, lines: string): void {
    const file = join(this.copy, 'stub', name);
    writeFileSync(file, `#!/bin/sh\n${lines}\n`);
    chmodSync(file, 0o755);
  }

  /** A line that goes on. */
  type(line: string): Program {
    return this.world.start([...this.host.on, 'bash', '-c', line], { cwd: this.copy, env: this.environment });
  }

  /** A line that ends. */
  async typed(line: string): Promise<{ readonly code: number | null; readonly output: string }> {
    const program = this.type(line);
    const { code } = await program.ended;
    return { code, output: program.output.trim() };
  }

  /** What a line prints, as JSON. */
  async json(line: string): Promise<Json> {
    const { output } = await this.typed(line);
    try {
      return JSON.parse(output);
    } catch {
      throw new Error(`no JSON came of\n${line}\nbut\n${output}`);
    }
  }

  /** What a line prints, once that is as wanted. It may fail before. */
  until(what: string, line: string, isSo: (answer: Json) => boolean): Promise<Json> {
    let last: unknown = null;
    return until(what, DEADLINE_MS, async () => {
      const answer = await this.json(line).catch((error: Error) => error);
      last = answer instanceof Error ? answer.message : answer;
      return !(answer instanceof Error) && isSo(answer) ? answer : null;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; the last answer was ${JSON.stringify(last)}`);
    });
  }

  /** @param line that starts it */
  async manager(line = './start_manager.sh --config configs/all_seeds.yaml'): Promise<void> {
    const program = this.type(`exec ${line}`);
    this.running = program;
    await until('the manager to answer', DEADLINE_MS, async () => {
      if (!program.isRunning) throw new Error(`the manager ended: ${program.output}`);
      return (await this.typed('curl -f http://localhost:8001/healthz')).code === 0;
    });
  }

  /** `manager` starts another one on the same data. */
  async endManager(signal: NodeJS.Signals): Promise<void> {
    await this.running?.end(signal);
  }

  /** A token that does everything, as an administrator hands it out. */
  async userToken(): Promise<string> {
    return (await this.json(`curl http://localhost:5000/api/tokens -d '{"name": "user"}'`)).token as string;
  }

  /** A token for one worker. */
  async workerToken(worker: string, more: object = {}): Promise<string> {
    const body = JSON.stringify({ name: worker, worker_id: worker, ...more });
    return (await this.json(`curl http://localhost:5000/api/admin/workers -d '${body}'`)).token as string;
  }

  private async endEverything(): Promise<void> {
    await this.typed('for dir in data/workers/*; do ./start_worker.sh --data-dir "$dir" --stop-all; done');
    for (const { pid, command } of findMarked(this.world.id))
      if (/procguard(\.js)? (manager|worker)|launcher/.test(command)) process.kill(pid, 'SIGTERM');
  }
}
