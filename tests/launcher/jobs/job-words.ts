/** Words about jobs as a manager says them, and what a launcher tells of an attempt. */
import { AttemptId, JobId, type AttemptOutcome } from '../../../protocol/jobs';
import type { JobWord, LauncherFact } from '../../../protocol/link';
import { ProcessSpec, type CommandLine } from '../../../protocol/process-spec';
import { until } from '../../harness/until';
import type { TinyManager } from '../tiny-manager';

type Run = Extract<JobWord, { kind: 'run' }>;
type Ended = Extract<LauncherFact, { kind: 'attempt.ended' }>;
type Started = Extract<LauncherFact, { kind: 'attempt.started' }>;

interface More extends Partial<Pick<Run, 'trustMs' | 'runMs' | 'silenceMs' | 'progress' | 'isNew'>> {
  /** Of the process. */
  readonly spec?: object;
}

/** `run` of attempt `<job>.1`. */
export function runWord(job: string, command: CommandLine, { spec, ...more }: More = {}): Run {
  const attempt = AttemptId.parse(`${job}.1`);
  return {
    kind: 'run',
    attempt,
    job: JobId.parse(job),
    epoch: 1,
    spec: ProcessSpec.parse({ name: `job.${attempt}`, role: 'job', command, ...spec }),
    trustMs: 600_000,
    runMs: null,
    silenceMs: null,
    progress: null,
    ...more,
  };
}

export const stopWord = (job: string, outcome: AttemptOutcome, why = ''): JobWord => ({
  kind: 'stop',
  attempt: AttemptId.parse(`${job}.1`),
  outcome,
  by: 'ana',
  why,
});

export const forgetWord = (job: string): JobWord => ({ kind: 'forget', attempt: AttemptId.parse(`${job}.1`) });

export const connected = (manager: TinyManager, syncs = 1): Promise<unknown> =>
  until(`sync ${syncs}`, 30_000, () => manager.syncs.length >= syncs && manager.isConnected);

export const started = (manager: TinyManager, job: string): Promise<Started> =>
  until(`${job} to run`, 30_000, () =>
    manager.facts.find((fact): fact is Started => fact.kind === 'attempt.started' && fact.attempt === `${job}.1`),
  );

export const ended = (manager: TinyManager, job: string, times = 1): Promise<Ended> =>
  until(`end ${times} of ${job}`, 30_000, () => manager.attemptEnds(`${job}.1`)[times - 1]);
