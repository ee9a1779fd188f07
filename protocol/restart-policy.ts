/**
 * Whether and when an ended process starts again. Pure, and shared: the launcher decides by it, the manager explains
 * with it, and a test holds both to the same words.
 *
 * Two brakes, for two kinds of trouble. The delay grows with every quick death and goes back to its base after a
 * healthy life. The budget counts restarts inside a window that slides, so a process that ran well for an hour and
 * then loops is braked exactly as one that loops from the start. A healthy life empties the window.
 */
import { z } from 'zod';
import { describeExit, isClean, type Exit } from './exit';

export const RestartPolicy = z.object({
  /** `on-failure`: exit 0 is an end, anything else (also a signal, also unknown) is a failure. */
  when: z.enum(['always', 'on-failure', 'never']).default('on-failure'),
  /** Delay before the first restart; doubles with each further one. Seed 002: `restart_delay`. */
  delayMs: z.number().int().min(0).default(1000),
  /** The delay stops growing here. */
  delayMaxMs: z.number().int().min(0).default(60_000),
  /** The delay is spread by up to this fraction of itself, so a fleet does not start as one. */
  jitter: z.number().min(0).max(1).default(0.1),
  /** Restarts allowed inside the window; one more ends in `failed`. Seed 002: `max_restarts`. */
  maxRestarts: z.number().int().min(0).default(10),
  /** The window the budget counts in. */
  windowMs: z.number().int().min(1).default(600_000),
  /** A run at least this long was healthy: it resets delay and budget. */
  healthyAfterMs: z.number().int().min(0).default(60_000),
});
export type RestartPolicy = z.infer<typeof RestartPolicy>;

/** When earlier restarts of this process happened, oldest first, only those that still count. */
export interface RestartHistory {
  readonly restartsAtMs: readonly number[];
}
export const NO_RESTARTS: RestartHistory = { restartsAtMs: [] };

export type RestartDecision =
  | {
      readonly kind: 'restart';
      readonly atMs: number;
      readonly attempt: number;
      readonly history: RestartHistory;
      readonly why: string;
    }
  | { readonly kind: 'end'; readonly why: string }
  | { readonly kind: 'fail'; readonly why: string };

/**
 * @param ranMs how long the run lived
 * @param random in [0, 1), spreads the delay
 */
export function decideRestart(
  policy: RestartPolicy,
  history: RestartHistory,
  ended: { readonly exit: Exit; readonly ranMs: number; readonly nowMs: number; readonly random: number },
): RestartDecision {
  const { exit, ranMs, nowMs, random } = ended;
  const how = describeExit(exit);
  if (isClean(exit) && policy.when !== 'always')
    return { kind: 'end', why: `${how}; the policy ${policy.when} leaves it so` };
  if (policy.when === 'never') return { kind: 'fail', why: `${how}; the policy is never to restart` };

  const healthy = ranMs >= policy.healthyAfterMs;
  const counted = healthy ? [] : history.restartsAtMs.filter((at) => at > nowMs - policy.windowMs);
  if (counted.length >= policy.maxRestarts)
    return {
      kind: 'fail',
      why: `${how}; ${counted.length} restarts in the last ${seconds(policy.windowMs)} is the limit (max_restarts ${policy.maxRestarts})`,
    };

  const base = Math.min(policy.delayMaxMs, policy.delayMs * 2 ** Math.min(counted.length, 30));
  const delayMs = Math.round(base * (1 + policy.jitter * random));
  const attempt = counted.length + 1;
  return {
    kind: 'restart',
    atMs: nowMs + delayMs,
    attempt,
    history: { restartsAtMs: [...counted, nowMs] },
    why: `${how}; restart ${attempt} of ${policy.maxRestarts} in ${seconds(delayMs)}`,
  };
}

const seconds = (ms: number): string => `${ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000)} s`;
