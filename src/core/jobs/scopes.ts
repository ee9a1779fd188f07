/**
 * What limits and fair shares are counted by: `all`, `user:alice`, `queue:night`, `label:team=nlp`, `array:j_7`. A limit on
 * `user:*`, `label:team=*` or `queue:*` holds for each one that has none of its own.
 */
import type { Job } from './rows';

export function scopesOf({ owner, spec }: Pick<Job, 'owner' | 'spec'>): string[] {
  const scopes = ['all', `user:${owner}`, `queue:${spec.queue}`];
  for (const [label, value] of Object.entries(spec.labels)) scopes.push(`label:${label}=${value}`);
  if (spec.array !== null) scopes.push(`array:${spec.array.id}`);
  return scopes;
}

/** The limit of a scope, its own or that of all like it; null = none. */
export function limitOf(limits: ReadonlyMap<string, number>, scope: string, job: Job): number | null {
  if (scope.startsWith('array:')) return job.spec.array?.atOnce ?? null;
  return limits.get(scope) ?? limits.get(scope.replace(/^(label:[^=]*=|[^:]*:).*$/s, '$1*')) ?? null;
}

/** The label that a scope is about: `team` of `label:team=nlp`; null = about none. */
export const labelIn = (scope: string): string | null => /^label:([^=]+)=/.exec(scope)?.[1] ?? null;
