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
  /** The answer may wait for an operator's. The first never does: whoever starts a launcher is to see its fingerprint. */
  readonly mayHold: boolean;
}

/** A launcher that waits for approval is answered after this long, in ms; less than it waits for an answer. */
const HELD_MS = 8_000;

/** Rejects with the Refusal to be answered; one that waits for approval may be held until somebody answers it. */
export async function registerLauncher(
  engine: Engine,
  identity: LauncherIdentity,
  { proof, newAccount, mayHold }: Credentials,
): Promise<RegisterReply> {
  refuseReserved(identity.worker);
  const ask = () => engine.submit({ kind: 'registerLauncher', identity, proof, newAccount });
  const { paceMs } = await ask().catch(async (refusal: unknown) => {
    const waits = refusal instanceof Refusal && refusal.code === 'pending_approval';
    if (!waits || !mayHold || proof.keyHash === null) throw refusal;
    await engine.knocks.wait(proof.keyHash, HELD_MS);
    return ask();
  });
  return registerReply(engine, identity.worker, paceMs);
}

export const registerReply = (engine: Engine, worker: WorkerId, paceMs: number): RegisterReply => ({
  success: true,
  worker_id: worker,
  heartbeat_interval: paceMs / 1000,
  heartbeat_timeout: engine.settings.heartbeatTimeoutMs / 1000,
});
