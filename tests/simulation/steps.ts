/**
 * What can happen, one thing at a time. Steps do not depend on each other: one that makes no sense when it comes is passed
 * over. So any part of a history is a history, and one that fails can be made smaller.
 */
import type { Verb } from '../../protocol/link';
import type { Random } from '../harness/random';
import type { CrashPoint } from './sim-keeper';

export const VERBS = ['start', 'stop', 'restart', 'kill', 'disable', 'enable'] as const satisfies readonly (
  Verb | 'disable' | 'enable'
)[];

export type OrderVerb = (typeof VERBS)[number];

interface Where {
  readonly worker: number;
  readonly process: number;
}
export type Step =
  | ({ readonly kind: 'order'; readonly verb: OrderVerb } & Where)
  | ({ readonly kind: 'birth'; readonly others: number } & Where)
  | ({ readonly kind: 'exit'; readonly status: number } & Where)
  | ({ readonly kind: 'heed' | 'kill-shim' } & Where)
  | { readonly kind: 'up' | 'down' | 'connect' | 'cut' | 'notice' | 'beat' | 'reboot'; readonly worker: number }
  | { readonly kind: 'kill-launcher'; readonly worker: number; readonly at: CrashPoint | null }
  | { readonly kind: 'start-launcher'; readonly worker: number }
  | { readonly kind: 'kill-manager'; readonly atNextTurn: boolean }
  | { readonly kind: 'start-manager' }
  | { readonly kind: 'time'; readonly ms: number };

export const WORKERS = 2;
export const PROCESSES = 2;

/** Everything is connected and wanted to run, in most histories: what comes then is more interesting. */
const PROLOGUE: readonly Step[] = [0, 1].flatMap((worker): Step[] => [
  { kind: 'up', worker },
  { kind: 'down', worker },
  { kind: 'up', worker },
  { kind: 'down', worker },
  ...[0, 1].flatMap((process): Step[] => [
    { kind: 'order', verb: 'start', worker, process },
    { kind: 'down', worker },
    { kind: 'birth', others: 0, worker, process },
  ]),
]);

export function randomHistory(random: Random, length: number): Step[] {
  const steps = Array.from({ length }, () => randomStep(random));
  return random.chance(0.8) ? [...PROLOGUE, ...steps] : steps;
}

/** How often each step, in a hundred: messages and births far more often than kills, or nothing would get anywhere. */
function randomStep(random: Random): Step {
  const worker = random.between(0, WORKERS - 1);
  const where = { worker, process: random.between(0, PROCESSES - 1) };
  const dice = random.between(1, 100);
  if (dice <= 18) return { kind: 'down', worker };
  if (dice <= 38) return { kind: 'up', worker };
  if (dice <= 47) return { kind: 'order', verb: random.pick(VERBS), ...where };
  if (dice <= 56) return { kind: 'birth', others: random.chance(0.2) ? 2 : 0, ...where };
  if (dice <= 61) return { kind: 'heed', ...where };
  if (dice <= 69) return { kind: 'exit', status: random.pick([0, 1, 7, 139]), ...where };
  if (dice <= 76) return { kind: 'connect', worker };
  if (dice <= 79) return { kind: 'cut', worker };
  if (dice <= 80) return { kind: 'notice', worker };
  if (dice <= 82) return { kind: 'beat', worker };
  if (dice <= 87) return { kind: 'time', ms: random.pick([1, 50, 1_000, 3_000, 11_000, 700_000, 86_400_000]) };
  if (dice <= 89) return { kind: 'kill-shim', ...where };
  if (dice <= 92) return { kind: 'kill-launcher', worker, at: random.pick([null, 'before effects', 'before words']) };
  if (dice <= 96) return { kind: 'start-launcher', worker };
  if (dice <= 97) return { kind: 'kill-manager', atNextTurn: random.chance(0.5) };
  if (dice <= 99) return { kind: 'start-manager' };
  return { kind: random.chance(0.5) ? 'reboot' : 'connect', worker };
}
