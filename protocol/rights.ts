/**
 * Who may do what: roles, permissions and grants. The one table of rights (docs/permissions.md is written from it); every
 * entry of every face and link names the permission it needs. Without schemas, so that the dashboard can carry it: what
 * one may not do is not offered there.
 *
 * A grant is a role, everywhere or on workers whose labels match: `operator on team=nlp`. What changes something is held
 * to the labels of the worker it changes; reading is of the whole fleet.
 */
import { globMatches } from './glob';
import type { Labels } from './link';

export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Each permission: the least role that has it. `everyone` needs no name; `known` needs one; `worker` is not a person's. */
export const PERMISSIONS = {
  public: { least: 'everyone', what: 'is answered to everybody: signs of life, the login, the way to join' },
  self: { least: 'known', what: 'concerns only who asks: who am I, log out, own password and tokens' },
  'fleet.read': { least: 'viewer', what: 'reads workers, processes, events, usage, definitions (secrets masked)' },
  'logs.read': { least: 'viewer', what: 'reads and searches output' },
  'process.control': { least: 'operator', what: 'starts, stops, restarts, kills, disables and enables' },
  'process.define': { least: 'operator', what: 'says what runs: plan, apply, roll back, define, forget' },
  'job.submit': { least: 'operator', what: 'submits jobs, for workers that its grants are for' },
  'job.control': { least: 'operator', what: 'cancels, retries, approves and reorders jobs, and limits them' },
  'worker.drain': { least: 'operator', what: 'drains and undrains workers' },
  'admin.workers': { least: 'admin', what: 'mints, rotates and revokes credentials of workers, approves, forgets' },
  'admin.users': { least: 'admin', what: 'keeps users and the tokens of others' },
  'admin.audit': { least: 'admin', what: 'reads and verifies the audit' },
  'worker.link': { least: 'worker', what: 'is a worker’s own: register, beat, tell, ship output; for its own id only' },
} as const satisfies Record<string, { least: Role | 'everyone' | 'known' | 'worker'; what: string }>;
export type Permission = keyof typeof PERMISSIONS;

/** A role, everywhere (null) or on workers with these labels: all keys must match, values may be globs. */
export interface Grant {
  role: Role;
  on: Record<string, string> | null;
}

/** `operator`, `operator on team=nlp,zone=us-*`. Null = not understood. */
export function readGrant(text: string): Grant | null {
  const match = /^\s*(\w+)(?:\s+on\s+(\S+))?\s*$/.exec(text);
  const role = ROLES.find((one) => one === match?.[1]);
  if (match === null || role === undefined) return null;
  if (match[2] === undefined) return { role, on: null };
  const pairs = match[2].split(',').map((pair) => /^([^=]+)=(.+)$/.exec(pair));
  if (pairs.some((pair) => pair === null)) return null;
  return { role, on: Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? ''])) };
}

export const grantText = ({ role, on }: Grant): string =>
  on === null
    ? role
    : `${role} on ${Object.entries(on)
        .map(([label, glob]) => `${label}=${glob}`)
        .join(',')}`;

const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** Whether one of the grants gives the permission, on a worker with these labels; null = on at least some worker. */
export function permits(grants: readonly Grant[], permission: Permission, labels: Labels | null): boolean {
  const { least } = PERMISSIONS[permission];
  if (least === 'everyone' || least === 'known') return true;
  if (least === 'worker') return false;
  return grants.some(
    ({ role, on }) =>
      RANK[role] >= RANK[least] && (on === null || labels === null || least === 'viewer' || isOn(on, labels)),
  );
}

const isOn = (on: Readonly<Record<string, string>>, labels: Labels): boolean =>
  // Own ones: every object has a `constructor`, and no worker has that label by it.
  Object.entries(on).every(([label, glob]) => Object.hasOwn(labels, label) && globMatches(glob, labels[label] ?? ''));

/** True when `grants` give nothing that `by` do not give: nobody hands on more than they have. */
export const isWithin = (grants: readonly Grant[], by: readonly Grant[]): boolean =>
  grants.every(({ role, on }) =>
    by.some((own) => RANK[own.role] >= RANK[role] && (own.on === null || (on !== null && isNarrower(on, own.on)))),
  );

/** Each label that the wider one asks for is asked for in the same words. */
const isNarrower = (on: Readonly<Record<string, string>>, wider: Readonly<Record<string, string>>): boolean =>
  Object.entries(wider).every(([label, glob]) => Object.hasOwn(on, label) && on[label] === glob);
