/**
 * Who asks, and what they may: roles, permissions and grants. The one table of rights (docs/permissions.md is written
 * from it); every entry of every face and link names the permission it needs.
 *
 * A grant is a role, everywhere or on workers whose labels match: `operator on team=nlp`. What changes something is held
 * to the labels of the worker it changes; reading is of the whole fleet.
 */
import { z } from 'zod';
import { globMatches } from './glob';
import { LIMITS } from './limits';
import type { Labels } from './link';

export const ROLES = ['viewer', 'operator', 'admin'] as const;
export const Role = z.enum(ROLES, `a role is one of ${ROLES.join(', ')}`);
export type Role = z.infer<typeof Role>;

/** Each permission: the least role that has it. `everyone` needs no name; `known` needs one; `worker` is not a person's. */
export const PERMISSIONS = {
  public: { least: 'everyone', what: 'is answered to everybody: signs of life, the login, the way to join' },
  self: { least: 'known', what: 'concerns only who asks: who am I, log out, own password and tokens' },
  'fleet.read': { least: 'viewer', what: 'reads workers, processes, events, usage, definitions (secrets masked)' },
  'logs.read': { least: 'viewer', what: 'reads and searches output' },
  'process.control': { least: 'operator', what: 'starts, stops, restarts, kills, disables and enables' },
  'process.define': { least: 'operator', what: 'says what runs: plan, apply, roll back, define, forget' },
  'worker.drain': { least: 'operator', what: 'drains and undrains workers' },
  'admin.workers': { least: 'admin', what: 'mints, rotates and revokes credentials of workers, approves, forgets' },
  'admin.users': { least: 'admin', what: 'keeps users and the tokens of others' },
  'admin.audit': { least: 'admin', what: 'reads and verifies the audit' },
  'worker.link': { least: 'worker', what: 'is a worker’s own: register, beat, tell, ship output; for its own id only' },
} as const satisfies Record<string, { least: Role | 'everyone' | 'known' | 'worker'; what: string }>;
export type Permission = keyof typeof PERMISSIONS;

/** A role, everywhere (null) or on workers with these labels: all keys must match, values may be globs. */
export const Grant = z.object({
  role: Role,
  on: z.record(z.string().min(1), z.string()).nullable(),
});
export type Grant = z.infer<typeof Grant>;

/** `operator`, `operator on team=nlp,zone=us-*`. Null = not understood. */
export function readGrant(text: string): Grant | null {
  const match = /^\s*(\w+)(?:\s+on\s+(\S+))?\s*$/.exec(text);
  const role = Role.safeParse(match?.[1]);
  if (match === null || !role.success) return null;
  if (match[2] === undefined) return { role: role.data, on: null };
  const pairs = match[2].split(',').map((pair) => /^([^=]+)=(.+)$/.exec(pair));
  if (pairs.some((pair) => pair === null)) return null;
  return { role: role.data, on: Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? ''])) };
}

export const grantText = ({ role, on }: Grant): string =>
  on === null
    ? role
    : `${role} on ${Object.entries(on)
        .map(([label, glob]) => `${label}=${glob}`)
        .join(',')}`;

/** As people write it: one text for each grant. */
export const GrantText = z
  .string()
  .max(LIMITS.commandCharsMax)
  .transform((text, context): Grant => {
    const grant = readGrant(text);
    if (grant !== null) return grant;
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(text)} is no grant; write viewer, operator or admin, and on what: operator on team=nlp`,
    });
    return z.NEVER;
  });
export const Grants = z.array(GrantText).min(1).max(32);

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
  Object.entries(on).every(([label, glob]) => labels[label] !== undefined && globMatches(glob, labels[label]));

/** True when `grants` give nothing that `by` do not give: nobody hands on more than they have. */
export const isWithin = (grants: readonly Grant[], by: readonly Grant[]): boolean =>
  grants.every(({ role, on }) =>
    by.some((own) => RANK[own.role] >= RANK[role] && (own.on === null || (on !== null && isNarrower(on, own.on)))),
  );

/** Each label that the wider one asks for is asked for in the same words. */
const isNarrower = (on: Readonly<Record<string, string>>, wider: Readonly<Record<string, string>>): boolean =>
  Object.entries(wider).every(([label, glob]) => on[label] === glob);

/**
 * Who asked for something, for the audit and for sentences. `open`: somebody on the manager's own machine while no user is
 * defined, or anybody where `web.auth` is none. `manager`: the program itself.
 */
export const Asker = z.object({
  kind: z.enum(['user', 'token', 'worker', 'open', 'manager', 'unknown']),
  /** Of the user, the token or the worker's account; null = it has none. */
  id: z.string().nullable(),
  name: z.string(),
  /** Null = not from outside. */
  ip: z.string().nullable(),
  /** As sentences name it: `alice`, `alice (token ci)`, `operator 127.0.0.1`. */
  text: z.string(),
});
export type Asker = z.infer<typeof Asker>;

export const ownAsker = (name: string): Asker => ({ kind: 'manager', id: null, name, ip: null, text: name });
