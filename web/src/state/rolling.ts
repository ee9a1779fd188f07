/**
 * How far a rolling restart has come with one process. The answer for each comes at the end; until then its row tells: a
 * new run that is ready is done, a row that is moving is at its turn.
 */
import type { BatchResult } from '../../../protocol/http';
import type { ProcessView } from '../../../protocol/views';

export type RollStep = 'later' | 'now' | 'up' | 'failed' | 'untouched';

export interface Rolled {
  readonly key: string;
  readonly step: RollStep;
  /** The answer's sentence; null = there is none yet. */
  readonly message: string | null;
}

/** Runs as they were before it began, by process. */
export type RunsBefore = ReadonlyMap<string, string | null>;

export const runsBefore = (processes: readonly ProcessView[]): RunsBefore =>
  new Map(processes.map(({ key, run_id: run }) => [key, run]));

export function rolled(
  key: string,
  before: RunsBefore,
  process: ProcessView | undefined,
  result: BatchResult | undefined,
): Rolled {
  if (result !== undefined) {
    const failed = result.message.startsWith('not touched') ? 'untouched' : 'failed';
    return { key, step: result.ok ? 'up' : failed, message: result.message };
  }
  return { key, step: stepOf(before.get(key) ?? null, process), message: null };
}

function stepOf(runBefore: string | null, process: ProcessView | undefined): RollStep {
  if (process === undefined) return 'later';
  const isNew = process.run_id !== null && process.run_id !== runBefore;
  if (isNew && process.state === 'running' && process.ready !== false) return 'up';
  if (isNew || process.state === 'stopping' || process.state === 'starting') return 'now';
  return 'later';
}
