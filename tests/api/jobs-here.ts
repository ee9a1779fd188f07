/** A real manager with a launcher that takes jobs and does what the test says. */
import type { AttemptId } from '../../protocol/jobs';
import type { JobView } from '../../protocol/job-views';
import type { JobWord, LauncherIdentity } from '../../protocol/link';
import type { RunId } from '../../protocol/ids';
import { attemptEnded, RUN, stopped } from '../harness/launcher-words';
import { managerHere, type Answer, type ManagerHere } from './manager-here';
import { ScriptedLauncher } from './scripted-launcher';

type RunWord = Extract<JobWord, { kind: 'run' }>;
type StopWord = Extract<JobWord, { kind: 'stop' }>;

export class JobsHere {
  constructor(
    readonly manager: ManagerHere,
    readonly launcher: ScriptedLauncher,
  ) {}

  static async open(identity: Partial<LauncherIdentity> = {}, worker = 'w1'): Promise<JobsHere> {
    const manager = await managerHere();
    return new JobsHere(manager, await JobsHere.launcher(manager, worker, identity));
  }

  /** Another one. */
  static async launcher(
    { url }: ManagerHere,
    worker: string,
    identity: Partial<LauncherIdentity>,
  ): Promise<ScriptedLauncher> {
    const launcher = new ScriptedLauncher(url, worker, identity);
    await launcher.register();
    await launcher.connect();
    await launcher.sync(stopped);
    return launcher;
  }

  async close(): Promise<void> {
    this.launcher.close();
    await this.manager.stop();
  }

  /** @returns the id of the first */
  async submit(body: unknown, headers: Record<string, string> = {}): Promise<string> {
    const { status, text, body: reply } = await this.ask(body, headers);
    if (status !== 200) throw new Error(text);
    return (reply as { job_id: string }).job_id;
  }
  ask(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.manager.post('/api/jobs', body, headers);
  }

  async job(id: string): Promise<JobView> {
    return (await this.manager.get(`/api/jobs/${id}`)).body as JobView;
  }

  /** Resolves when the launcher was told to run it, with the newest such word. */
  async given(job: string): Promise<RunWord> {
    let word: RunWord | undefined;
    await this.launcher.until(() => {
      word = this.launcher.jobs.findLast((one): one is RunWord => one.kind === 'run' && one.job === job);
      return word !== undefined;
    });
    if (word === undefined) throw new Error(`job ${job} was not given`);
    return word;
  }

  async toldToStop(attempt: AttemptId): Promise<StopWord> {
    let word: StopWord | undefined;
    await this.launcher.until(() => {
      word = this.launcher.jobs.find((one): one is StopWord => one.kind === 'stop' && one.attempt === attempt);
      return word !== undefined;
    });
    if (word === undefined) throw new Error(`attempt ${attempt} was not stopped`);
    return word;
  }

  /** Its launcher says that it runs, and the manager has heard it. */
  async begun(job: string, run: RunId = RUN): Promise<AttemptId> {
    const { attempt } = await this.given(job);
    await this.tell({ kind: 'attempt.started', attempt, run, pid: 7, isolation: ['cgroup'], unenforced: [] });
    return attempt;
  }

  /** @param code the exit code; null = it was stopped */
  async ended(job: string, code: number | null = 0, outputBytes = 0, run: RunId = RUN): Promise<void> {
    const { attempt } = await this.given(job);
    await this.tell(attemptEnded(attempt, code, outputBytes, run));
  }

  private async tell(...facts: Parameters<ScriptedLauncher['tell']>): Promise<void> {
    const seq = this.launcher.tell(...facts);
    await this.launcher.until(() => this.launcher.acked >= seq);
  }
}
