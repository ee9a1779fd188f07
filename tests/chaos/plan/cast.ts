/** Who is on the stage: workers, their processes, and what each of these does with its life (witness/witness.pl). */
import type { Random } from '../../harness/random';

export const ROLES = [
  'counter', // writes a line every 4 ms
  'graceful', // ends by itself on SIGTERM, with last lines and exit code 3
  'crasher', // ends by itself, after 60 to 560 ms, with exit code 0 to 4
  'ignorer', // hears SIGTERM and goes on
  'forker', // double fork into a session of its own
  'escaper', // the same, with no environment: no cookie
  'bomber', // forks faster than it is looked at, within bounds
  'leaver', // ends by itself and leaves a daemon behind
  'sleeper', // stops itself (SIGSTOP)
  'reaperless', // collects none of its dead children
  'loud', // 96 MB as fast as it can
  'longLines', // every fifth line is 1 MB long
  'binary', // all 256 bytes, hardly a newline
] as const;
export type Role = (typeof ROLES)[number];

export interface Part {
  readonly worker: string;
  readonly process: string;
  readonly role: Role;
}

export interface Cast {
  readonly workers: readonly string[];
  readonly parts: readonly Part[];
  /** How launchers keep trees apart. */
  readonly tree: 'cgroup' | 'proc-scan';
  /** So many jobs a worker runs at once. */
  readonly slots: number;
}

const SLOTS = 4;

/** An escaper can be followed by the kernel's own list only. */
const needsCgroup = (role: Role): boolean => role === 'escaper';

/** @param roles each process gets one of these by chance */
export function castOf(
  random: Random,
  roles: readonly Role[],
  many: { readonly parts: number; readonly workers: number; readonly slots?: number },
): Cast {
  const names = Array.from({ length: many.workers }, (_, i) => `w${i + 1}`);
  const chosen = Array.from({ length: many.parts }, () => random.pick(roles));
  const tree = chosen.some(needsCgroup) || random.chance(0.5) ? 'cgroup' : 'proc-scan';
  const parts = chosen.map((role, i) => ({ worker: random.pick(names), process: `${role}${i + 1}`, role }));
  return { workers: names, parts, tree, slots: many.slots ?? SLOTS };
}
