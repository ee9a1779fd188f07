/** What a worker of SimpleTuner is told on its stream: our words in its shapes. Source: API_JOBS 1B "SSE to worker". */
import type { JobWord } from '../../../protocol/link';
import type { AgentWord } from '../../../protocol/simpletuner';
import { META_CONFIG } from '../../core/jobs/rows';
import { sealedIn } from '../../core/jobs/sealed-job';
import type { Model } from '../../core/model';

export interface StreamEvent {
  readonly event: 'job_submit' | 'job_cancel' | 'drain' | 'shutdown';
  /** Names what is said, the same each time it is said; null = it can be said any number of times. */
  readonly id: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Null = it has no word for that, or what it would be given cannot be opened. */
export function jobEvent(model: Model, word: JobWord): StreamEvent | null {
  switch (word.kind) {
    case 'run': {
      const job = model.jobs.job(word.job);
      if (job !== null && sealedIn(job) !== null) return null;
      const config = configOf(model, word);
      return {
        event: 'job_submit',
        id: word.attempt,
        data: {
          type: 'job_submit',
          job_id: word.job,
          attempt_id: word.attempt,
          config,
          dataloader: config['dataloader_config'] ?? [],
          provider: 'worker',
          // Its programs put these two into the environment of the training as they are, where nothing but text may be.
          upload_endpoint: '',
          upload_token: '',
          hf_token: null,
        },
      };
    }
    case 'stop': {
      const job = model.jobs.attempt(word.attempt)?.job;
      if (job === undefined) return null;
      const data = { type: 'job_cancel', job_id: job, attempt_id: word.attempt, reason: word.why };
      return { event: 'job_cancel', id: `${word.attempt}:cancel`, data };
    }
    default:
      return null;
  }
}

/** Its programs read `data` in one and the top in the other. */
export function agentEvent(word: AgentWord): StreamEvent {
  if (word.kind === 'drain') return { event: 'drain', id: null, data: { type: 'drain', data: {} } };
  const { reason } = word;
  return { event: 'shutdown', id: null, data: { type: 'shutdown', reason, data: { reason } } };
}

/**
 * A template's own and nothing beside it, since a trainer refuses words that it does not know; where it has none, or the job
 * came by another face, what there is to run.
 */
function configOf(model: Model, { job, spec }: Extract<JobWord, { kind: 'run' }>): Readonly<Record<string, unknown>> {
  const own = JSON.parse(model.jobs.job(job)?.meta[META_CONFIG] ?? '{}') as Record<string, unknown>;
  if (Object.keys(own).length > 0) return own;
  return { command: spec.command, working_dir: spec.workingDir, env: spec.env };
}
