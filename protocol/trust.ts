/**
 * Who asks, and what they may, as it is said: schemas of grants and of who asked. What a grant gives is in rights.ts.
 */
import { z } from 'zod';
import { LIMITS } from './limits';
import { readGrant, ROLES, type Grant as GrantOf, type Role as RoleOf } from './rights';

export { grantText, isWithin, PERMISSIONS, permits, readGrant, ROLES, type Permission } from './rights';

export const Role = z.enum(ROLES, `a role is one of ${ROLES.join(', ')}`);
export type Role = RoleOf;

/** A role, everywhere (null) or on workers with these labels: all keys must match, values may be globs. */
export const Grant = z.object({
  role: Role,
  on: z.record(z.string().min(1), z.string()).nullable(),
}) satisfies z.ZodType<GrantOf>;
export type Grant = GrantOf;

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
