/** What is known of a process whatever its state is: its last end, its last stop, findings, stories, who asked what. */
import { describeExit } from '../../../protocol/exit';
import type { StopCertificate } from '../../../protocol/process-state';
import { subjectOf } from '../recovery/stories';
import { incidentOf } from '../recovery/scene';
import { count, span } from '../spans';
import type { Evidence, Look, ProcessLook } from './account';

const STORIES_MAX = 3;
const ORDERS_MAX = 3;
const EVIDENCE_MAX = 12;

/** Newest last; what has no time stands first. */
export function evidenceOf(look: ProcessLook, special: readonly Evidence[]): Evidence[] {
  const { process } = look;
  const report = process.actual.via === 'launcher' ? process.actual.report : null;
  const exit = report?.lastExit ?? null;
  const all: Evidence[] = [
    ...(report?.unenforced ?? []).map((what) => ({ at_ms: null, what: `not enforced: ${what}` })),
    ...(exit === null ? [] : [{ at_ms: exit.atMs, what: `its last run ended: ${describeExit(exit)}` }]),
    ...(process.certificate === null ? [] : [stopped(process.certificate)]),
    ...findingsOf(look, process.key),
    ...storiesOf(look, process.key),
    ...orders(look),
    ...incidentEvidence(look, process.key, process.worker),
    ...special,
  ];
  return inOrder(all).slice(-EVIDENCE_MAX);
}

export function inOrder(evidence: readonly Evidence[]): Evidence[] {
  const told = new Set<string>();
  const once = evidence.filter(({ at_ms: atMs, what }) => {
    const line = `${atMs ?? ''} ${what}`;
    return !told.has(line) && told.add(line);
  });
  return once.sort((a, b) => (a.at_ms ?? -Infinity) - (b.at_ms ?? -Infinity));
}

export const findingsOf = ({ model }: Look, subject: string): Evidence[] =>
  [...(model.findings.get(subject as never)?.values() ?? [])].map(({ sinceMs, message }) => ({
    at_ms: sinceMs,
    what: `ProcessMonitor: ${message}`,
  }));

export function storiesOf({ model }: Look, subject: string): Evidence[] {
  const own = [...model.recoveries.values()].filter((story) => subjectOf(story) === subject).slice(-STORIES_MAX);
  return own.map(({ beganAtMs, found, decided, did, result }) => ({
    at_ms: beganAtMs,
    what: `found: ${found}; decided: ${decided}; ${result === null ? `did: ${did}` : `result: ${result}`}`,
  }));
}

export function incidentEvidence({ model }: Look, ...subjects: string[]): Evidence[] {
  const incident = incidentOf(model);
  if (incident === null || !subjects.some((subject) => incident.subjects.includes(subject))) return [];
  return [{ at_ms: incident.beganAtMs, what: `part of incident ${incident.id}: ${incident.why}` }];
}

/** `command.stop` of the timeline: who asked, from where, with which reason. */
const orders = ({ events }: ProcessLook): Evidence[] =>
  events
    .filter(({ kind }) => kind.startsWith('command.') && kind !== 'command.failed')
    .slice(-ORDERS_MAX)
    .map(({ at_ms, by, message }) => ({
      at_ms,
      what: `${by} ${message}`,
    }));

const WAYS = { cgroup: 'its cgroup is empty', 'proc-scan': '/proc was scanned', 'pid-list': 'by pids alone' } as const;

function stopped({ requestedAtMs, finishedAtMs, seen, signals, left, verifiedBy }: StopCertificate): Evidence {
  const sent = [...new Set(signals.map(({ signal }) => signal))].join(', ') || 'no signal';
  const took = span(finishedAtMs - requestedAtMs);
  const end =
    left.length === 0
      ? `all ${count(seen.length, 'process', 'processes')} gone after ${took} (${WAYS[verifiedBy]})`
      : `${left.length} of ${count(seen.length, 'process', 'processes')} still there after ${took}`;
  return { at_ms: finishedAtMs, what: `its last stop: ${sent}; ${end}` };
}
