/** One of everything the supervisor's table can meet: for the picture's test and for tests of single cells. */
import type { Unmet } from '../../protocol/dependencies';
import type { Exit } from '../../protocol/exit';
import { CommandId, ProcessName, RunId } from '../../protocol/ids';
import { ProcessSpec } from '../../protocol/process-spec';
import type { StopCertificate } from '../../protocol/process-state';
import { newcomer, type Supervised, type SupervisorState } from './supervisor-state';
import type { SupervisorEvent, Turn } from './supervisor-words';

export const RUN = RunId.parse('0000000001000aaaaaaaaaaaa');
export const NEXT_RUN = RunId.parse('0000000002000bbbbbbbbbbbb');
export const NOW_MS = 2_000;
export const TURN: Turn = { nowMs: NOW_MS, random: 0, nextRun: NEXT_RUN, unmet: [], isEnding: false };
export const UNMET: Unmet = { key: 'w/db', condition: 'ready', is: 'running, not ready yet' };
export const IDENTITY = { bootId: 'boot', pid: 4711, startTicks: 99 };

export const FAILED_EXIT: Exit = { exitCode: 7, signal: null, atMs: NOW_MS, source: 'record', cause: null };
export const CLEAN_EXIT: Exit = { exitCode: 0, signal: null, atMs: NOW_MS, source: 'record', cause: null };

export const certificate = (left: StopCertificate['left'] = []): StopCertificate => ({
  run: RUN,
  requestedAtMs: 1_500,
  finishedAtMs: NOW_MS,
  verifiedBy: 'cgroup',
  seen: [],
  signals: [],
  left,
  exit: null,
});

export const SPEC = ProcessSpec.parse({ name: ProcessName.parse('p'), command: 'x' });

export function supervised(state: SupervisorState, change: Partial<Supervised> = {}): Supervised {
  const isDown = ['stopped', 'exited', 'failed'].includes(state.kind);
  return { ...newcomer(SPEC, 0), desired: isDown ? 'stopped' : 'running', state, ...change };
}

const going = { signal: 'SIGTERM', further: [], readyAtMs: null, unwell: null };
const told = { why: 'because', sinceMs: 1_000 };
export const STATES: readonly SupervisorState[] = [
  { kind: 'stopped', ...told, exit: null, certificate: null },
  { kind: 'waiting', ...told, on: [UNMET], birth: { why: 'because', isRestart: false }, exit: null },
  { kind: 'starting', ...told, run: RUN, onceUp: 'run' },
  { kind: 'starting', ...told, run: RUN, onceUp: 'stop' },
  { kind: 'starting', ...told, run: RUN, onceUp: 'restart' },
  { kind: 'running', ...told, run: RUN, identity: IDENTITY, readyAtMs: 1_000 },
  { kind: 'running', ...told, run: RUN, identity: IDENTITY, readyAtMs: null },
  { kind: 'stopping', ...told, ...going, run: RUN, killAtMs: NOW_MS, killed: false, then: 'stop', exit: null },
  { kind: 'stopping', ...told, ...going, run: RUN, killAtMs: NOW_MS, killed: true, then: 'restart', exit: null },
  { kind: 'stopping', ...told, ...going, run: RUN, killAtMs: NOW_MS, killed: false, then: 'policy', exit: FAILED_EXIT },
  { kind: 'backoff', ...told, exit: FAILED_EXIT, restartAtMs: NOW_MS, attempt: 1 },
  { kind: 'exited', ...told, exit: CLEAN_EXIT },
  { kind: 'failed', ...told, exit: FAILED_EXIT, certificate: null, leftover: null, unwell: null },
  {
    kind: 'failed',
    ...told,
    exit: null,
    certificate: certificate([{ pid: 5, command: 'stuck' }]),
    leftover: RUN,
    unwell: null,
  },
];

const asked = { by: 'test', why: '', command: CommandId.parse('c') };
export const EVENTS: readonly SupervisorEvent[] = [
  { kind: 'start', ...asked },
  { kind: 'stop', ...asked },
  { kind: 'restart', ...asked },
  { kind: 'kill', ...asked },
  { kind: 'disable', ...asked, untilMs: null },
  { kind: 'enable', ...asked },
  { kind: 'end', ...asked },
  { kind: 'spawned', run: RUN, identity: IDENTITY, unenforced: null, isolation: null },
  { kind: 'held', run: RUN, isolation: ['memory 64M by its cgroup'], unenforced: ['limits.nice: engines give none'] },
  { kind: 'spawnFailed', run: RUN, why: 'no such program', obstacle: 'lasting' },
  { kind: 'spawnFailed', run: RUN, why: 'no memory', obstacle: 'passing' },
  { kind: 'spawnFailed', run: RUN, why: 'refused by a rule', obstacle: 'rule' },
  { kind: 'ended', run: RUN, exit: CLEAN_EXIT, remains: 0 },
  { kind: 'ended', run: RUN, exit: FAILED_EXIT, remains: 0 },
  { kind: 'ended', run: RUN, exit: FAILED_EXIT, remains: 2 },
  { kind: 'rebooted', run: RUN, exit: FAILED_EXIT },
  { kind: 'ready', run: RUN },
  { kind: 'unwell', run: RUN, why: 'no answer', evidence: 'connection refused' },
  { kind: 'standings' },
  { kind: 'timerDue' },
  { kind: 'treeGone', run: RUN, exit: FAILED_EXIT, certificate: certificate() },
  { kind: 'treeGone', run: RUN, exit: CLEAN_EXIT, certificate: certificate() },
  { kind: 'treeLeft', run: RUN, certificate: certificate([{ pid: 5, command: 'stuck' }]) },
];
