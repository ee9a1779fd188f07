/** A launcher registers, by whichever link it comes; and what every registration is answered. */
import { Refusal } from '../../protocol/errors';
import type { WorkerId } from '../../protocol/ids';
import type { LauncherIdentity, RegisterReply } from '../../protocol/link';
import type { AccountId, Proof } from '../core/trust/rows';
import type { Engine } from './engine';

/** Path segments below /api/workers that are routes; a worker of that name could not be reached. */
const RESERVED = new Set([
  'register',
  'cleanup',
  'reset',
  'failover-workers',
  'stream',
  'heartbeat',
  'disconnect',
  'queue',
  'job',
]);

/** @throws Refusal bad_request */
export function refuseReserved(worker: WorkerId): void {
  if (RESERVED.has(worker))
    throw new Refusal(
      'bad_request',
      `worker_id ${worker} is a word of the API; choose another (reserved: ${[...RESERVED].join(', ')})`,
    );
}

/** What it brought, and an id for an account, should one be made. */
export interface Credentials {
  readonly proof: Proof;
  readonly newAccount: AccountId;
}

/** Rejects with the Refusal to be answered. */
export async function registerLauncher(
  engine: Engine,
  identity: LauncherIdentity,
  { proof, newAccount }: Credentials,
): Promise<RegisterReply> {
  refuseReserved(identity.worker);
  const { paceMs } = await engine.submit({ kind: 'registerLauncher', identity, proof, newAccount });
  return registerReply(engine, identity.worker, paceMs);
}

export const registerReply = (engine: Engine, worker: WorkerId, paceMs: number): RegisterReply => ({
  success: true,
  worker_id: worker,
  heartbeat_interval: paceMs / 1000,
  heartbeat_timeout: engine.settings.heartbeatTimeoutMs / 1000,
});
