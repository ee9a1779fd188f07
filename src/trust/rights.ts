/** What a principal may, and the sentence with which it is told that it may not. */
import { Refusal } from '../../protocol/errors';
import type { WorkerId } from '../../protocol/ids';
import type { Labels } from '../../protocol/link';
import { grantText, permits, PERMISSIONS, type Permission } from '../../protocol/trust';
import type { AccountId } from '../core/trust/rows';
import type { Principal } from './gate';

export const isKnown = ({ asker }: Principal): boolean => asker.kind !== 'unknown';

/**
 * @param labels of the worker that is changed; null = reading, or on at least some worker; {} = the whole fleet, so that
 *   a grant for some workers is not enough
 */
export function isPermitted(principal: Principal, permission: Permission, labels: Labels | null): boolean {
  // A launcher is known, and has nothing of its own here: no password, no tokens.
  if (PERMISSIONS[permission].least === 'known') return isKnown(principal) && principal.asker.kind !== 'worker';
  const { grants, owner } = principal;
  // A token lasts no longer than its owner's rights.
  return permits(grants, permission, labels) && (owner === null || permits(owner, permission, labels));
}

/** A worker speaks for itself; who could mint its credential may do so too. */
export const speaksFor = (principal: Principal, worker: WorkerId, labels: Labels): boolean =>
  principal.worker === worker || isPermitted(principal, 'admin.workers', labels);

/** @param what was asked for: `POST /api/workers/w1/stop` @param worker that it would have changed; null = none in particular */
export function refusalOf(
  principal: Principal,
  permission: Permission,
  what: string,
  worker: WorkerId | null = null,
): Refusal {
  const { asker, grants } = principal;
  if (!isKnown(principal))
    return new Refusal(
      'login_required',
      principal.isProofVoid
        ? `${what} needs the permission ${permission}, and the token or session shown is not valid: mistyped, revoked, over, or not made for this; log in again, or send Authorization: Bearer <token> with another`
        : `${what} needs a login or a token with the permission ${permission}; log in at the dashboard, with procguard login, or send Authorization: Bearer <token>`,
      { permission },
    );
  const has = grants.map(grantText).join('; ') || 'none';
  const place = worker === null ? '' : ` on worker ${worker}`;
  return new Refusal(
    'forbidden',
    `${asker.text} may not ${what}: it needs the permission ${permission} (${PERMISSIONS[permission].least})${place}, and these are its roles: ${has}. Ask an admin for more`,
    { permission, ...(worker === null ? {} : { worker_id: worker }) },
  );
}

/**
 * A client of another protocol has no key of its own: it comes with a worker's token, or somebody who could mint one lets it in.
 * @returns whose token it is; null = it needs none
 */
export function accountShown(principal: Principal, worker: WorkerId): AccountId | null {
  const { asker } = principal;
  if (asker.kind === 'worker') return asker.id as AccountId;
  if (isPermitted(principal, 'admin.workers', {})) return null;
  throw refusalOf(principal, 'admin.workers', `register ${worker} without a worker’s token`);
}
