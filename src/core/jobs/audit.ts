/** What the audit is told of jobs: people's words, not the workers' own. */
import { LIMITS } from '../../../protocol/limits';
import type { EngineCommand } from '../commands';
import type { AuditRecord } from '../trust/words';
import type { JobCommand } from './words';

export function jobDeed(command: JobCommand): Omit<AuditRecord, 'result'> | null {
  switch (command.kind) {
    case 'submitJobs': {
      const [first] = command.jobs;
      return {
        type: 'job.submitted',
        actor: command.by,
        target: { type: 'job', id: first?.id ?? '' },
        action: 'submit',
        details: {
          jobs: command.jobs.length,
          ids: command.jobs.slice(0, LIMITS.auditPageMax / 10).map(({ id }) => id),
          via: command.via,
          command: first?.spec.command,
        },
      };
    }
    case 'cancelJob':
      return deed('job.cancelled', command, 'cancel', { why: command.why });
    case 'retryJob':
      return deed('job.retried', command, 'retry', {});
    case 'changeJob':
      return deed('job.changed', command, 'change', { priority: command.priority });
    case 'approveJob':
      return deed('job.approved', command, 'approve', {});
    case 'setJobLimit':
      return {
        type: 'job.limited',
        actor: command.by,
        target: { type: 'job', id: command.scope },
        action: 'limit',
        details: { max: command.max },
      };
    case 'registerAgent':
      return {
        type: 'worker.registered',
        actor: command.by,
        target: { type: 'worker', id: command.worker },
        action: 'register',
        details: { hostname: command.hostname, protocol: command.type },
      };
    case 'forgetJobs':
      return {
        type: 'job.changed',
        actor: command.by,
        target: { type: 'job', id: '*' },
        action: 'forget those that are over',
        details: { over_before: new Date(command.overBeforeMs).toISOString() },
      };
    case 'openStream':
    case 'agentLeft':
    case 'claimJobs':
    case 'attemptStarted':
    case 'attemptProgress':
    case 'attemptEnded':
    case 'renewLease':
      return null;
  }
}

type OfOne = Extract<EngineCommand, { kind: 'cancelJob' | 'retryJob' | 'changeJob' | 'approveJob' }>;
const deed = (
  type: AuditRecord['type'],
  { by, id }: OfOne,
  action: string,
  details: AuditRecord['details'],
): Omit<AuditRecord, 'result'> => ({ type, actor: by, target: { type: 'job', id }, action, details });
