/** PM2: its daemon, asked through its own programmatic API. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledProgram } from '../bundled-program';
import { untilSeen } from '../deadline';
import type { Program } from '../program';
import type { Rig } from '../rig';
import { Absent, npmPeer } from './install';

/** The part of PM2's start options that the bench sets. */
export interface Pm2App {
  readonly name: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly interpreter: 'none';
  readonly instances?: number;
  readonly autorestart?: boolean;
  readonly out_file?: string;
  readonly error_file?: string;
}

/** Deaths within a second are "unstable" to PM2, which gives up after so many. */
const RESTARTS_MAX = 1_000_000;

export class Pm2 {
  private constructor(
    private readonly driver: Program,
    readonly home: string,
    /** Its command line, as `pm2` runs it. */
    readonly cli: string,
  ) {}

  /** A daemon of the measure's own, ended with it. */
  static async start(rig: Rig): Promise<Pm2 | Absent> {
    const dir = await npmPeer('pm2');
    if (dir instanceof Absent) return dir;
    const home = rig.path('pm2');
    // Named before the driver, so ended after it: the driver has put the daemon into a session of its own.
    rig.atEnd(() => endDaemon(home));
    const pm2 = new Pm2(
      rig.start([process.execPath, bundledProgram(rig, 'pm2-driver'), dir], {
        env: environment(home),
        cwd: rig.scratch,
      }),
      home,
      join(dir, 'node_modules', 'pm2', 'bin', 'pm2'),
    );
    await pm2.driver.line(/^connected$/);
    return pm2;
  }

  get environment(): NodeJS.ProcessEnv {
    return environment(this.home);
  }

  get daemonPid(): number {
    return daemonPid(this.home);
  }

  /** @returns when the call was made, by monotonicMs */
  start(app: Pm2App): Promise<number> {
    return this.call('start', { max_restarts: RESTARTS_MAX, restart_delay: 0, kill_timeout: 10_000, ...app });
  }

  restart(name: string): Promise<number> {
    return this.call('restart', name);
  }

  stop(name: string): Promise<number> {
    return this.call('stop', name);
  }

  delete(name: string): Promise<number> {
    return this.call('delete', name);
  }

  private async call(call: string, argument: unknown): Promise<number> {
    const answer = this.driver.line(/^(done|failed) (.*)$/);
    this.driver.say(JSON.stringify({ call, argument }));
    const [, how, what = ''] = await answer;
    if (how === 'failed') throw new Error(`PM2 could not ${call}: ${what}`);
    return Number(what);
  }
}

const daemonPid = (home: string): number => Number(readFileSync(join(home, 'pm2.pid'), 'utf8'));

/** It ends its children first. */
async function endDaemon(home: string): Promise<void> {
  if (!existsSync(join(home, 'pm2.pid'))) return;
  const pid = daemonPid(home);
  process.kill(pid, 'SIGTERM');
  await untilSeen('the PM2 daemon to end', () => !existsSync(`/proc/${pid}`) || null);
}

/** Its own home, and no word to anybody outside. */
const environment = (home: string): NodeJS.ProcessEnv => ({
  PM2_HOME: home,
  PM2_PROGRAMMATIC: 'true',
  PM2_DISCRETE_MODE: 'true',
  PM2_DISABLE_VERSION_CHECK: 'true',
});
