/**
 * Whether a connection may speak for a worker, for roads that ask at every request: looked at once, and remembered until
 * the connection shows something else or anything of trust changes (`Trust.version`).
 */
import { Refusal } from '../../protocol/errors';
import type { WorkerId } from '../../protocol/ids';
import type { Model } from '../core/model';
import type { Proof } from '../core/trust/rows';
import type { Engine } from '../engine/engine';
import type { Caller } from './caller';
import type { Gate } from './gate';

/** What a launcher brings with each request: the token it was given, its own key, or both. */
export interface Shown {
  readonly token: string | null;
  readonly key: string | null;
}

interface Verdict extends Shown {
  readonly worker: WorkerId;
  readonly version: number;
  readonly refusal: Refusal | null;
}

export class WorkerProofs {
  private readonly verdicts = new WeakMap<object, Verdict>();

  constructor(
    private readonly engine: Engine,
    private readonly gate: Gate,
  ) {}

  /** Null = it may. @param connection for which the verdict is remembered; null = for none */
  refusalOf(connection: object | null, worker: WorkerId, shown: Shown, caller: () => Caller): Refusal | null {
    // Forgotten workers leave without a change of trust: their credentials stay theirs.
    if (!this.engine.read(({ workers }) => workers.has(worker)))
      return new Refusal('unknown_worker', `worker ${worker} is not registered here; register first`);
    const version = this.engine.read(({ trust }) => trust.version);
    const last = connection === null ? undefined : this.verdicts.get(connection);
    if (
      last !== undefined &&
      last.version === version &&
      last.worker === worker &&
      last.token === shown.token &&
      last.key === shown.key
    )
      return last.refusal;
    const proof = this.gate.proofOf(shown, caller());
    const refusal = this.engine.read((model) => refusalFor(model, worker, proof));
    if (connection !== null) this.verdicts.set(connection, { worker, version, refusal, ...shown });
    return refusal;
  }
}

/** One that has no credential was let in by where it is, and is believed there alone. */
function refusalFor({ trust }: Model, worker: WorkerId, proof: Proof): Refusal | null {
  const account = trust.accountOf(worker);
  if (account === null ? proof.isTrusted : isShown(account.credential.hash, proof)) return null;
  const hasShown = proof.tokenHash !== null || proof.keyHash !== null;
  return hasShown
    ? new Refusal(
        'credential_mismatch',
        `the credential shown is not worker ${worker}'s, or not any more; its launcher registers again with its own`,
      )
    : new Refusal('login_required', `worker ${worker} has a credential, and none was shown; its launcher sends it`);
}

/** A road may bring the one as the other: a bearer is a token or a key. */
const isShown = (hash: string, { tokenHash, keyHash }: Proof): boolean => hash === tokenHash || hash === keyHash;
