/**
 * Numbered definitions of the processes that the manager gave: what was asked for, when, by whom, and as part of which
 * change. They are kept apart from the process's row, because a report changes the row many times and a definition
 * never. A process of a launcher's own command line or file has none.
 *
 * A removal is a version too, one without a specification: what came before it stays, so that it can be taken back.
 */
import type { ProcessKey, WorkerId } from '../../../protocol/ids';
import { LIMITS } from '../../../protocol/limits';
import type { ProcessSpec } from '../../../protocol/process-spec';

/** One word of an operator, over one process or a whole set. */
export interface Change {
  /** `d17`. */
  readonly id: string;
  /** Rises with each change of the fleet. */
  readonly order: number;
  /** The set it was a change of; null = of one process alone. */
  readonly set: string | null;
  readonly kind: 'apply' | 'rollback' | 'define' | 'remove';
  readonly by: string;
  readonly atMs: number;
}

export interface Version {
  /** 1, 2... of its process; never given twice, also not after a removal. */
  readonly number: number;
  /** Null = removed by this change. */
  readonly spec: ProcessSpec | null;
  readonly change: Change;
}

export interface Definition {
  readonly key: ProcessKey;
  readonly worker: WorkerId;
  /** Oldest first, never empty, at most LIMITS.versionsKept. */
  readonly versions: readonly Version[];
}

export function withVersion(
  earlier: Definition | undefined,
  { key, worker, spec, change }: Pick<Definition, 'key' | 'worker'> & Pick<Version, 'spec' | 'change'>,
): Definition {
  const before = earlier?.versions ?? [];
  const next: Version = { number: (before.at(-1)?.number ?? 0) + 1, spec, change };
  return { key, worker, versions: [...before, next].slice(-LIMITS.versionsKept) };
}

/** What was given last; null = nothing, or a removal. */
export const presentVersion = (definition: Definition | undefined): Version | null => {
  const last = definition?.versions.at(-1);
  return last === undefined || last.spec === null ? null : last;
};

/** The newest one that can be gone back to: before the present one, or before the removal. */
export const versionBefore = ({ versions }: Definition): Version | null =>
  versions.slice(0, -1).findLast(({ spec }) => spec !== null) ?? null;

/** How it was before a change: null = it was not there; undefined = that version is no longer kept. */
export function specBefore({ versions }: Definition, change: Change): ProcessSpec | null | undefined {
  const at = versions.findIndex(({ change: own }) => own.id === change.id);
  const before = versions[at - 1];
  if (before !== undefined) return before.spec;
  return versions[at]?.number === 1 ? null : undefined;
}
