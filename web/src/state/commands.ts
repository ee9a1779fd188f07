/** What a command would hit and do, before it is sent: the confirmation names exactly this. */
import type { Verb } from '../../../protocol/link';
import type { ProcessView, WorkerView } from '../../../protocol/views';
import { isAlive } from './severity';

export const VERBS = ['start', 'stop', 'restart', 'kill'] as const satisfies readonly Verb[];
export type { Verb };

/** All that can be asked of processes. */
export const ACTS = [...VERBS, 'disable', 'enable'] as const;
export type Act = (typeof ACTS)[number];

export type Effect =
  /** A running child is ended, and stays so. */
  | 'ends'
  /** A running child is ended and another started. */
  | 'replaces'
  | 'starts'
  /** A start that was coming is called off. */
  | 'calls-off'
  /** It already is so. */
  | 'nothing'
  /** The worker is not connected: the manager keeps the command until it is back. */
  | 'queued'
  /** The reader may not tell this worker anything. */
  | 'forbidden';

export interface Target {
  readonly process: ProcessView;
  readonly effect: Effect;
}

export function effectOf(verb: Verb, process: ProcessView, worker: WorkerView | undefined): Effect {
  if (worker === undefined || worker.state === 'offline' || worker.state === 'stale') return 'queued';
  const alive = isAlive(process);
  switch (verb) {
    case 'start':
      return alive && process.state !== 'stopping' ? 'nothing' : 'starts';
    case 'restart':
      return alive ? 'replaces' : 'starts';
    case 'stop':
    case 'kill':
      if (alive) return 'ends';
      return process.state === 'backoff' ? 'calls-off' : 'nothing';
  }
}

/** @param isAllowed by the labels of its worker; default: every one */
export function targetsOf(
  verb: Verb,
  processes: readonly ProcessView[],
  workers: ReadonlyMap<string, WorkerView>,
  isAllowed: (labels: Readonly<Record<string, string>>) => boolean = () => true,
): Target[] {
  return processes.map((process) => {
    const worker = workers.get(process.worker_id);
    const isForbidden = worker !== undefined && !isAllowed(worker.labels);
    return { process, effect: isForbidden ? 'forbidden' : effectOf(verb, process, worker) };
  });
}

/** Starting one thing harms nothing; everything else is asked about first. */
export const needsConfirmation = (verb: Verb, targets: readonly Target[]): boolean =>
  verb !== 'start' || targets.length > 1;

export const endsRunning = (targets: readonly Target[]): number =>
  targets.filter(({ effect }) => effect === 'ends' || effect === 'replaces').length;

export interface Button {
  readonly verb: Verb;
  readonly enabled: boolean;
}

/**
 * The buttons of one process, each always at its own place: a start that becomes a stop under the pointer is the same
 * thought, a start that becomes a kill would be an accident.
 */
export function buttonsFor(process: ProcessView): readonly [Button, Button, Button] {
  const mayLive = isAlive(process) || process.state === 'unknown';
  return [
    { verb: mayLive || process.state === 'backoff' ? 'stop' : 'start', enabled: process.state !== 'stopping' },
    { verb: 'restart', enabled: mayLive || process.state === 'backoff' },
    { verb: 'kill', enabled: mayLive },
  ];
}
