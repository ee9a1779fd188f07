/** Reads from the disk what an earlier launcher left of a process, and corrects its record by it. */
import { exitOfStatus, unknownExit } from '../../protocol/exit';
import { isToRun, livingRun, type Supervised } from '../core/supervisor-state';
import { isLiving, type ProcStat } from '../core/proc-stat';
import { lives, readStat } from '../process/identity';
import { isHeld } from '../process/lifeline';
import type { EndRecord, RunDirectory } from '../store/run-directory';

export interface Left {
  readonly supervised: Supervised;
  /** The record was the one that is corrected; null = nothing was wrong. */
  readonly correction: string | null;
}

/**
 * @param newest the newest run on the disk
 * @param isNew the record is missing or unreadable, so its wish is no wish
 */
export function correctedByDisk(
  supervised: Supervised,
  newest: RunDirectory | undefined,
  place: { readonly bootId: string; readonly nowMs: number; readonly isNew: boolean },
): Left {
  // A living run that the record does not know: a full disk kept the record from being written. The run is believed,
  // because another one beside it would be a second copy.
  if (newest !== undefined && livingRun(supervised) !== newest.run && isAlive(newest, place.bootId)) {
    const correction = 'found running, though its record did not say so';
    const desired = place.isNew ? 'running' : supervised.desired;
    const onceUp = isToRun({ ...supervised, desired }) ? 'run' : 'stop';
    const state = { kind: 'starting', why: correction, sinceMs: place.nowMs, run: newest.run, onceUp } as const;
    return { supervised: { ...supervised, desired, state }, correction };
  }
  return { supervised: withSaneTimer(supervised, place.nowMs), correction: null };
}

/** The wall clock may have been set while nobody was there: nothing is due later than it could have been when that began now. */
function withSaneTimer(supervised: Supervised, nowMs: number): Supervised {
  const { state, spec } = supervised;
  if (state.kind === 'backoff') {
    const latest = nowMs + spec.restart.delayMaxMs * (1 + spec.restart.jitter);
    return state.restartAtMs <= latest ? supervised : { ...supervised, state: { ...state, restartAtMs: latest } };
  }
  if (state.kind === 'stopping' && !state.killed) {
    const latest = nowMs + spec.stop.graceMs + spec.stop.then.reduce((sum, { graceMs }) => sum + graceMs, 0);
    return state.killAtMs <= latest ? supervised : { ...supervised, state: { ...state, killAtMs: latest } };
  }
  return supervised;
}

/** True while the run's shim or child lives, in this boot. */
export function isAlive(directory: RunDirectory, bootId: string): boolean {
  const born = directory.readBirth();
  // A full disk, or it is being born this moment.
  if (born === null) return isHeld(directory.lifeline);
  if (born.bootId !== bootId) return false;
  return lives(born.child) || livesLeading(born.child);
}

/** The shim outlives its child for a moment, and the child may be another user's: then its session still has its leader. */
function livesLeading({ session, startTicks }: ProcStat): boolean {
  const leader = readStat(session);
  return leader !== null && leader.session === session && leader.startTicks <= startTicks && isLiving(leader);
}

/** How an ended run ended, when the launcher was killed before it wrote that down itself. */
export function endFromDisk(directory: RunDirectory, nowMs: number): EndRecord {
  const record = directory.readExit();
  const exit = record === null ? unknownExit(nowMs) : exitOfStatus(record.status, record.atMs);
  return { exit, ...directory.written, certificate: null };
}
