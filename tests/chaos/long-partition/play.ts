/** Plays the scene with a real manager and launcher, and judges it by what the job has written down itself. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { JobView } from '../../../protocol/job-views';
import { startLauncher } from '../../harness/launcher';
import { StartedManager } from '../../harness/manager';
import { textIn } from '../../harness/text-in';
import { until } from '../../harness/until';
import { World } from '../../harness/world';
import { machineMs } from '../oracle/machine-clock';
import { Verdict } from '../oracle/verdict';
import { layLine } from './line-to-manager';
import type { Scene } from './scene';

const STEADY = resolve('tests/chaos/witness/steady.pl');
const JOB = 'steady';
/** Beside its half hour: births, the way back after the partition, output that is shipped behind. */
const PATIENCE_MS = 120_000;
/** What may still be on its way when the line is cut. */
const SETTLED_MS = 1_000;

interface Seen {
  readonly job: JobView;
  readonly worker: string;
}

export async function playLongPartition(scene: Scene, say: (line: string) => void): Promise<Verdict> {
  const world = new World();
  const verdict = new Verdict();
  try {
    await new Play(scene, say, world, verdict).perform();
  } catch (error) {
    verdict.check('every job ends, once', false, () => `the scene could not be played: ${(error as Error).stack}`);
  } finally {
    await world.end().catch((error: Error) => verdict.check('nothing is left behind', false, () => error.message));
  }
  return verdict;
}

class Play {
  readonly #place: string;
  readonly #beganAtMs = machineMs();
  readonly #line: ReturnType<typeof layLine>;
  #told = '';
  /** Of the job's process, each time somebody looked: pid and kernel start time. */
  readonly #identities = new Set<string>();

  constructor(
    private readonly scene: Scene,
    private readonly say: (line: string) => void,
    private readonly world: World,
    private readonly verdict: Verdict,
  ) {
    this.#place = world.directory();
    this.#line = layLine(scene.make);
    world.afterwards(async () => this.#line.close());
  }

  async perform(): Promise<void> {
    const { scene, verdict } = this;
    const manager = await this.#manager();
    const launcher = startLauncher(this.world, {
      managerUrl: await this.#line.urlTo(manager.port),
      flags: [],
      on: this.#line.on,
    });
    if (scene.make === 'cable') await manager.approve(launcher.worker);
    await until('the worker', PATIENCE_MS, async () => (await manager.worker(launcher.worker)) !== undefined);
    await this.#submit(manager);
    await until('the job to begin', PATIENCE_MS, () => this.#account.includes('line 1 '));
    const beganAtMs = machineMs();

    await this.#watch(manager, () => machineMs() >= beganAtMs + scene.cutAfterMs);
    this.#line.cut();
    const cutAtMs = machineMs();
    this.#remark('the line is cut');
    const isCutLongEnough = (ms: number) => machineMs() >= cutAtMs + ms;
    // What was on its way has come by the time that nobody comes any more; half as long again is still within the lease.
    await this.#watch(manager, ({ worker }) => worker === 'offline' || isCutLongEnough(1.5 * scene.cutMs));
    await pause(SETTLED_MS);
    const before = (await this.#see(manager)).job.tries[0]?.log_bytes ?? 0;
    await this.#watch(manager, () => isCutLongEnough(scene.cutMs));
    const behind = await this.#see(manager);
    this.#line.heal();
    const healedAtMs = machineMs();
    this.#remark('the line is whole again');
    // Else it was no partition, and nothing is shown by what comes now.
    verdict.check(
      'the partition was one',
      behind.worker === 'offline' && behind.job.tries[0]?.log_bytes === before,
      () =>
        `the worker is ${behind.worker}, and its output went from ${before} to ${behind.job.tries[0]?.log_bytes} bytes`,
    );
    verdict.check(
      'unknown is not dead',
      behind.job.state === 'running' && behind.job.attempts === 1,
      () => `behind the partition the job is ${behind.job.state} (${behind.job.why}), attempts: ${behind.job.attempts}`,
    );
    const endsAtMs = beganAtMs + scene.jobMs + PATIENCE_MS;
    await this.#watch(manager, (seen) => seen.job.ended_at_ms !== null || machineMs() > endsAtMs);
    await this.#judge(manager, { cutAtMs, healedAtMs });
    for (const [name, program] of [
      ['the manager', manager.program],
      ['the launcher', launcher.program],
    ] as const)
      verdict.check('no program of ours ends by itself', program.isRunning, () => `${name}: ${program.output}`);
  }

  async #manager(): Promise<StartedManager> {
    const { heartbeatTimeoutSeconds: seconds } = this.scene;
    return StartedManager.start(this.world, {
      host: this.#line.managerHost,
      env: seconds === null ? {} : { PROCGUARD_MONITORING_HEARTBEAT_TIMEOUT: `${seconds}` },
    });
  }

  async #submit(manager: StartedManager): Promise<void> {
    const { paceMs, trustMs } = this.scene;
    const command = [STEADY, this.#place, `${this.#lines}`, `${paceMs}`, '0'];
    const body = { id: JOB, command, ...(trustMs === null ? {} : { trust: `${trustMs}ms` }) };
    const response = await fetch(`${manager.url}/api/jobs`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`the job was not taken: ${await response.text()}`);
  }

  get #lines(): number {
    return Math.round(this.scene.jobMs / this.scene.paceMs);
  }
  get #account(): string {
    return textIn(join(this.#place, 'account'));
  }

  /** Looks at everything at the job's own pace, and tells what is new. */
  async #watch(manager: StartedManager, isOver: (seen: Seen) => boolean): Promise<void> {
    for (;;) {
      const seen = await this.#see(manager);
      const told = `the worker is ${seen.worker}, the job ${seen.job.state}, attempts: ${seen.job.attempts}`;
      if (told !== this.#told) this.#remark(told);
      this.#told = told;
      const identity = identityOf(/^begin \S+ (\d+)/m.exec(this.#account)?.[1]);
      if (identity !== null) this.#identities.add(identity);
      if (isOver(seen)) return;
      await pause(this.scene.paceMs);
    }
  }

  async #see(manager: StartedManager): Promise<Seen> {
    const [job, worker] = await Promise.all([manager.get<JobView>(`/api/jobs/${JOB}`), manager.worker('w1')]);
    return { job, worker: worker?.state ?? 'not known' };
  }

  #remark(what: string): void {
    const lines = this.#account.match(/^line /gm)?.length ?? 0;
    const { jobMs } = this.scene;
    this.say(
      `${minutes(machineMs() - this.#beganAtMs)} of ${minutes(jobMs)}  ${what}; the job has written ${lines} lines`,
    );
  }

  async #judge(
    manager: StartedManager,
    { cutAtMs, healedAtMs }: { cutAtMs: number; healedAtMs: number },
  ): Promise<void> {
    const { verdict } = this;
    const { job } = await this.#see(manager);
    const [only] = job.tries;
    const account = this.#account.trim().split('\n');
    const begun = account.filter((line) => line.startsWith('begin '));
    const heard = account.filter((line) => line.startsWith('sig '));
    verdict.check(
      'never two copies',
      begun.length === 1 && begun[0]?.endsWith(' alone') === true && job.tries.length === 1,
      () => `begun: ${begun.join('; ')}; attempts: ${job.tries.length}`,
    );
    verdict.check('no signal to a stranger', heard.length === 0, () => `the job heard ${heard.join(', ')}`);
    verdict.check(
      'the same process all the time',
      this.#identities.size === 1,
      () => `pid and start time were ${[...this.#identities].join('; ')}`,
    );
    const result = { state: job.state, exit: job.exit_code, outcome: only?.outcome, attempt: only?.exit_code };
    verdict.check(
      'no result is made up, and none is lost',
      account.at(-1) === 'end 0' && job.state === 'completed' && job.exit_code === 0 && only?.outcome === 'completed',
      () => `its last word is "${account.at(-1)}"; the manager has ${JSON.stringify(result)} (${job.why})`,
    );
    const wanted = Array.from({ length: this.#lines }, (_, i) => `line ${i + 1}\n`).join('');
    let stored = '';
    await until('all of its output', PATIENCE_MS, async () => {
      stored = await outputOf(manager, only);
      return stored === wanted;
    }).catch(() => false);
    verdict.check(
      'every line is stored once and in order',
      stored === wanted,
      () => `${stored.length} bytes are stored, ${wanted.length} were written`,
    );
    const during = account.filter((line) => {
      const [, atMs] = /^line \d+ (\d+)$/.exec(line) ?? [];
      return atMs !== undefined && Number(atMs) > cutAtMs && Number(atMs) < healedAtMs;
    }).length;
    const due = (healedAtMs - cutAtMs) / this.scene.paceMs;
    // What it missed while it had to wait for a core it writes as soon as it has one.
    verdict.check('it ran on meanwhile', during > 0.3 * due, () => `${during} lines in a time for ${Math.round(due)}`);
    this.#remark(
      `the manager has ${JSON.stringify(result)}, ${job.tries.length} attempt, pid and start time ${[...this.#identities].join('; ')}`,
    );
    this.#remark(
      `${stored.split('\n').length - 1} of ${this.#lines} lines are stored, ${during} of them were written in the partition of ${minutes(healedAtMs - cutAtMs)}`,
    );
  }
}

async function outputOf(manager: StartedManager, attempt: JobView['tries'][number] | undefined): Promise<string> {
  if (attempt?.log == null) return '';
  const { worker_id: worker, process, run_id: run } = attempt.log;
  return (await fetch(`${manager.url}/api/logs/${worker}/${process}/${run}`)).text();
}

/** Null = there is none. */
function identityOf(pid: string | undefined): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return null;
  }
}

const minutes = (ms: number): string => `${Math.floor(ms / 60_000)}:${String(((ms / 1000) % 60) | 0).padStart(2, '0')}`;
