/**
 * The promise of the lease, as it is meant: a job of half an hour, a network that is gone for ten minutes in its middle, and
 * the settings that a user finds. And the same scene in less time, with everything that has a length shortened alike.
 */
import type { Make } from './line-to-manager';

export interface Scene {
  readonly make: Make;
  readonly jobMs: number;
  /** The job writes a line each. */
  readonly paceMs: number;
  readonly cutAfterMs: number;
  readonly cutMs: number;
  /** Null = the default, which is what is promised. */
  readonly trustMs: number | null;
  readonly heartbeatTimeoutSeconds: number | null;
}

const MINUTE_MS = 60_000;
export const REAL: Scene = {
  make: 'cable',
  jobMs: 30 * MINUTE_MS,
  paceMs: 1_000,
  cutAfterMs: 10 * MINUTE_MS,
  cutMs: 10 * MINUTE_MS,
  trustMs: null,
  heartbeatTimeoutSeconds: null,
};

const DEFAULT_TRUST_MS = 30 * MINUTE_MS;
const PACE_MS_MIN = 20;

/** @param by so many times shorter; 1 = the scene as it is, with no setting touched */
export function shortened(scene: Scene, by: number): Scene {
  if (by === 1) return scene;
  return {
    ...scene,
    jobMs: scene.jobMs / by,
    paceMs: Math.max(PACE_MS_MIN, scene.paceMs / by),
    cutAfterMs: scene.cutAfterMs / by,
    cutMs: scene.cutMs / by,
    trustMs: DEFAULT_TRUST_MS / by,
    heartbeatTimeoutSeconds: 1,
  };
}
