/** The timeline: which facts people want to read later, and in which words. */
import { describeExit, isClean } from '../../protocol/exit';
import { commandText } from '../../protocol/process-spec';
import type { ProcessReport } from '../../protocol/process-state';
import type { Fact } from './facts';
import type { Command } from './model';
import { of, ofProcess, ofSubject, type Told } from './event-words';
import { jobEvent } from './jobs/events';
import { scheduleEvent } from './schedules/events';
import { drainText, trustEvent } from './trust/events';
import { isNote } from './monitor/weight';
import { incidentEvent, recoveryEvent } from './recovery/events';
import { moment } from './spans';
import { askedIn } from './why/asked';
import { exitAccount } from './why/exit-account';

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
    case 'worker.draining':
      return of(
        'info',
        fact.isDraining ? 'worker.drained' : 'worker.undrained',
        fact.id,
        fact.by,
        drainText(fact.isDraining),
      );
    case 'account.set':
    case 'applicant.set':
      return trustEvent(fact);
    case 'user.set':
    case 'token.set':
    case 'job.forgotten':
    case 'job-limit.set':
      return null;
    case 'job.submitted':
    case 'job.changed':
    case 'attempt.changed':
      return jobEvent(fact);
    case 'schedule.set':
    case 'schedule.removed':
      return scheduleEvent(fact);
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
        : ofProcess(
            'warning',
            'process.superseded',
            fact.key,
            'FailureHandler',
            `its worker was lost: it runs as ${fact.by} now`,
          );
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
          exitAccount(fact.exit).by,
          describeExit(fact.exit),
        ),
        run_id: fact.run,
      };
    case 'command.issued':
      return commandEvent(fact.command);
    case 'command.done':
      return fact.result.ok ? null : commandFailedEvent(fact.command, fact.result.message);
    case 'finding.raised':
      return ofSubject(
        isNote(fact.finding) ? 'info' : 'warning',
        `finding.${fact.finding.kind}`,
        fact.subject,
        'ProcessMonitor',
        fact.finding.message,
      );
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

const whatAsked = ({ message }: Command): string => (message.kind === 'control' ? message.verb : message.kind);

function commandEvent(command: Command): Told {
  const { worker, process, message } = command;
  const what = whatAsked(command);
  const words = `asked to ${what}${message.why === '' ? '' : `: ${message.why}`}`;
  return ofProcess('info', `command.${what}`, `${worker}/${process}`, message.by, words);
}

function commandFailedEvent(command: Command, why: string): Told {
  const { worker, process, message } = command;
  const words = `${whatAsked(command)}, asked by ${message.by}, failed: ${why}`;
  return ofProcess('error', 'command.failed', `${worker}/${process}`, 'launcher', words);
}

function presenceEvent(fact: Extract<Fact, { kind: 'worker.presence' }>): Told | null {
  switch (fact.presence.kind) {
    case 'lost':
      return of(
        'error',
        'worker.lost',
        fact.id,
        'ProcessMonitor',
        `silent since ${moment(fact.presence.lastContactMs)}, its whole timeout; what it runs is unknown and left alone`,
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
  const by = askedIn(state.why)?.by ?? 'launcher';
  return { ...ofProcess(level, `process.${state.kind}`, key, by, state.why), run_id: run };
}
