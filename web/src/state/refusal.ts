/** What one may not do is said before it is asked: the role that is missing, and on which worker. */
import type { Permission } from '../../../protocol/rights';
import type { Words } from '../words/en';
import { may, roleFor, type Session } from './session';

export type Labels = Readonly<Record<string, string>>;

export interface Lack {
  readonly role: string;
  /** Null = on none at all. */
  readonly worker: string | null;
}

/** @param on worker and its labels; labels null = the worker is not known here, and the manager decides. `on` null = anywhere */
export function refusalOf(
  session: Session,
  permission: Permission,
  on: readonly [worker: string, labels: Labels | null] | null,
): Lack | null {
  if (may(session, permission, on?.[1] ?? null)) return null;
  const role = roleFor(permission);
  return { role, worker: on === null || !may(session, permission, null) ? null : on[0] };
}

/** Of a command to many: only when none of them may be told. The manager answers for each of the others. */
export function refusalOfAll(
  session: Session,
  permission: Permission,
  on: readonly (readonly [worker: string, labels: Labels | null])[],
): Lack | null {
  const lacks = on.map((one) => refusalOf(session, permission, one));
  return lacks.includes(null) ? null : (lacks[0] ?? refusalOf(session, permission, null));
}

export function refusalText({ role, worker }: Lack, rights: Words['rights']): string {
  const name = rights.roles[role as keyof typeof rights.roles] ?? role;
  return worker === null ? rights.lacks(name) : rights.lacksOn(name, worker);
}
