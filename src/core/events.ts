/** The timeline: which facts people want to read later, and in which words. */
import type { EventView } from '../../protocol/views';
import { describeExit, isClean } from '../../protocol/exit';
import { commandText } from '../../protocol/process-spec';
import type { ProcessReport } from '../../protocol/process-state';
import type { Fact } from './facts';
import type { Recovery } from './model';
import { subjectOf } from './recovery/stories';
import { count, span } from './spans';

type Told = Omit<EventView, 'seq' | 'at_ms'>;

/** Null: bookkeeping, not news. */
export function eventOf(fact: Fact): Told | null {
  switch (fact.kind) {
    case 'worker.registered':
      return of(
        'info',
        fact.isNew ? 'worker.registered' : 'worker.reregistered',
        fact.worker.id,
        'launcher',
        `registered from ${fact.worker.hostname}`,
      );
    case 'worker.linked':
      return of(
        'info',
        'worker.linked',
        fact.id,
        'launcher',
        fact.restarted ? 'launcher was restarted and is connected' : 'launcher is connected',
      );
    case 'worker.presence':
      return presenceEvent(fact);
    case 'worker.removed':
      return of('info', 'worker.removed', fact.id, fact.by, `removed: ${fact.why}`);
    case 'process.defined':
      return ofProcess(
        'info',
        fact.isNew ? 'process.defined' : 'process.redefined',
        fact.process.key,
        'launcher',
        `command: ${fact.process.command}`,
      );
    case 'process.redefined':
      return ofProcess('info', 'process.redefined', fact.key, 'launcher', `command: ${commandText(fact.spec.command)}`);
    case 'process.reported':
      return fact.report.state.kind === fact.was ? null : reportEvent(fact.key, fact.report);
    case 'process.plain-reported':
      if (fact.report.status === fact.was) return null;
      return ofProcess(
        fact.report.status === 'failed' ? 'error' : 'info',
        `process.${fact.report.status}`,
        fact.key,
        'worker',
        `${fact.report.status}${fact.report.pid === null ? '' : `, pid ${fact.report.pid}`}`,
      );
    case 'process.superseded':
      return fact.by === null
        ? null
        : ofProcess('warning', 'process.superseded', fact.key, 'FailureHandler', `runs as ${fact.by} now`);
    case 'process.removed':
      return ofProcess('info', 'process.removed', fact.key, 'launcher', fact.why);
    case 'definition.given':
      return ofProcess('info', `definition.${fact.change.kind}`, fact.key, fact.change.by, changeText(fact));
    case 'run.ended':
      return {
        ...ofProcess(
          isClean(fact.exit) ? 'info' : 'warning',
          'run.ended',
          fact.key,
          'launcher',
          describeExit(fact.exit),
        ),
        run_id: fact.run,
      };
    case 'command.issued': {
      const { message } = fact.command;
      const what = message.kind === 'control' ? message.verb : message.kind;
      return ofProcess(
        'info',
        `command.${what}`,
        `${fact.command.worker}/${fact.command.process}`,
        message.by,
        message.why,
      );
    }
    case 'command.done':
      return fact.result.ok
        ? null
        : ofProcess(
            'error',
            'command.failed',
            `${fact.command.worker}/${fact.command.process}`,
            'launcher',
            fact.result.message,
          );
    case 'finding.raised':
      return ofSubject('warning', `finding.${fact.finding.kind}`, fact.subject, 'ProcessMonitor', fact.finding.message);
    case 'finding.cleared':
      return ofSubject(
        'info',
        'finding.cleared',
        fact.subject,
        'ProcessMonitor',
        `no longer so: ${fact.finding.message}`,
      );
    case 'recovery.changed':
      return fact.recovery.stage === fact.was ? null : recoveryEvent(fact.recovery);
    case 'incident.began':
    case 'incident.ended':
      return incidentEvent(fact);
    case 'incident.grew':
    case 'finding.postponed':
    case 'worker.acked':
    case 'process.desired':
    case 'run.started':
      return null;
  }
}

function changeText({ spec, change }: Extract<Fact, { kind: 'definition.given' }>): string {
  const set = change.set === null ? '' : ` with the set ${change.set}`;
  return spec === null ? `removed${set}` : `defined${set}; command: ${commandText(spec.command)}`;
}

function recoveryEvent(recovery: Recovery): Told {
  const { stage, found, decided, did, result, actor } = recovery;
  const level = stage === 'failed' ? 'error' : stage === 'detected' ? 'warning' : 'info';
  const told = result ?? (stage === 'detected' ? decided : did);
  return ofSubject(level, `recovery.${stage}`, subjectOf(recovery), actor ?? 'FailureHandler', `${found}; ${told}`);
}

function incidentEvent({ kind, incident }: Extract<Fact, { kind: 'incident.began' | 'incident.ended' }>): Told {
  const { id, why, subjects, beganAtMs, endedAtMs } = incident;
  const message =
    kind === 'incident.began'
      ? `incident ${id}: ${why}. FailureHandler restarts and reassigns nothing until it is over; launchers go on with their own restarts`
      : `incident ${id} is over after ${span((endedAtMs ?? beganAtMs) - beganAtMs)}: ${count(subjects.length, 'subject')} in all. What is still wrong is recovered a few at a time`;
  return {
    ...of(kind === 'incident.began' ? 'error' : 'info', kind, '', 'FailureHandler', message),
    worker_id: null,
  };
}

function presenceEvent(fact: Extract<Fact, { kind: 'worker.presence' }>): Told | null {
  switch (fact.presence.kind) {
    case 'lost':
      return of(
        'error',
        'worker.lost',
        fact.id,
        'ProcessMonitor',
        'silent for its whole timeout; what it runs is unknown and left alone',
      );
    case 'stale':
      return of('warning', 'worker.stale', fact.id, 'ProcessMonitor', 'silent for half of its timeout');
    case 'present':
      return fact.was === 'connecting'
        ? null
        : of('info', 'worker.returned', fact.id, 'ProcessMonitor', `heard again after being ${fact.was}`);
    case 'connecting':
      return null;
  }
}

function reportEvent(key: string, report: ProcessReport): Told {
  const { state } = report;
  const level = state.kind === 'failed' ? 'error' : state.kind === 'backoff' ? 'warning' : 'info';
  const run = 'run' in state ? state.run : null;
  return { ...ofProcess(level, `process.${state.kind}`, key, 'launcher', state.why), run_id: run };
}

const of = (level: Told['level'], kind: string, worker: string, by: string, message: string): Told => ({
  kind,
  level,
  worker_id: worker,
  process: null,
  run_id: null,
  by,
  message,
});

function ofProcess(level: Told['level'], kind: string, key: string, by: string, message: string): Told {
  const slash = key.indexOf('/');
  return { ...of(level, kind, key.slice(0, slash), by, message), process: key.slice(slash + 1) };
}

const ofSubject = (level: Told['level'], kind: string, subject: string, by: string, message: string): Told =>
  subject.includes('/') ? ofProcess(level, kind, subject, by, message) : of(level, kind, subject, by, message);
