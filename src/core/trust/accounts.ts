/** Workers' credentials: minted, rotated, revoked; applicants approved and rejected; workers drained. */
import { Refusal } from '../../../protocol/errors';
import { fingerprintText } from '../../../protocol/fingerprint';
import type { WorkerId } from '../../../protocol/ids';
import type { CommandOf, Decision, Effect } from '../commands';
import type { Fact } from '../facts';
import { removeWorkers } from '../fleet/remove';
import { drainWords } from '../jobs/streams';
import type { Model } from '../model';
import { unknownWorker } from '../processes/find';
import type { Account, AccountId, Applicant } from './rows';
import { refused } from '../refused';

export function mintAccount(model: Model, { account }: CommandOf<'mintAccount'>): Decision<'mintAccount'> {
  const twin = account.worker === null ? null : model.trust.accountOf(account.worker);
  if (twin !== null)
    return refused(
      new Refusal(
        'worker_taken',
        `worker ${account.worker ?? ''} has a credential (${twin.id}); rotate it (POST /api/admin/workers/${twin.id}/token) or delete it first`,
      ),
    );
  return { facts: [{ kind: 'account.set', id: account.id, account }], effects: [], reply: account };
}

export function rotateAccount(
  model: Model,
  { id, hash, newAccount, by }: CommandOf<'rotateAccount'>,
  _settings: unknown,
  nowMs: number,
): Decision<'rotateAccount'> {
  const account = model.trust.accountNamed(id) ?? accountFor(model, id, newAccount, by.text, nowMs);
  if (account === null) return refused(unknownWorker(model, id));
  const rotated: Account = { ...account, credential: { kind: 'token', hash } };
  return {
    facts: [{ kind: 'account.set', id: account.id, account: rotated }],
    effects: cut(model, account.worker, 'its token was rotated; give the launcher the new one'),
    reply: rotated,
  };
}

/** Source: API_JOBS section 4.3: a connected one is refused unless forced. */
export function removeAccount(
  model: Model,
  { id, isForced, by }: CommandOf<'removeAccount'>,
): Decision<'removeAccount'> {
  const account = model.trust.accountNamed(id);
  const worker = model.workers.get(account?.worker ?? (id as WorkerId));
  if (account === null && worker === undefined) return refused(unknownWorker(model, id));
  if (!isForced && worker !== undefined && model.contacts.get(worker.id)?.connection != null)
    return refused(
      new Refusal(
        'worker_online',
        `worker ${worker.id} is connected; end its launcher first, or delete it with ?force=true: what it runs is left alone`,
      ),
    );
  const gone =
    worker === undefined
      ? { facts: [], effects: [] }
      : removeWorkers(model, [worker], 'its credential was revoked', by.text);
  const revoked: Fact[] = account === null ? [] : [{ kind: 'account.set', id: account.id, account: null }];
  return {
    facts: [...revoked, ...gone.facts],
    effects: gone.effects,
    reply: { worker: worker?.id ?? null, name: account?.name ?? id },
  };
}

export function approve(
  model: Model,
  { id, worker: meant, account: accountId, labels, by }: CommandOf<'approve'>,
  _settings: unknown,
  nowMs: number,
): Decision<'approve'> {
  const applicant = applicantNamed(model, id);
  if (applicant instanceof Refusal) return refused(applicant);
  const { worker, keyHash } = applicant;
  const twin = model.trust.accountOf(worker);
  const doubt = doubtAt(applicant, meant, twin !== null && id !== worker);
  if (doubt !== null) return refused(doubt);
  // Approving another key for a known worker is an operator's word that the machine was set up anew.
  const account: Account = {
    id: twin?.id ?? accountId,
    name: worker,
    worker,
    credential: { kind: 'key', hash: keyHash },
    workerType: twin?.workerType ?? 'persistent',
    labels: { ...twin?.labels, ...labels },
    source: 'approved',
    createdAtMs: nowMs,
    createdBy: by.text,
  };
  return {
    facts: [
      { kind: 'applicant.set', keyHash, applicant: null },
      { kind: 'account.set', id: account.id, account },
    ],
    effects: twin === null ? [] : cut(model, worker, 'another machine was approved under this worker id'),
    reply: account,
  };
}

export function reject(model: Model, { id }: CommandOf<'reject'>): Decision<'reject'> {
  const applicant = applicantNamed(model, id);
  if (applicant instanceof Refusal) return refused(applicant);
  const rejected: Applicant = { ...applicant, state: 'rejected' };
  return {
    facts: [{ kind: 'applicant.set', keyHash: applicant.keyHash, applicant: rejected }],
    effects: [],
    reply: rejected,
  };
}

export function drain(model: Model, { id, isDraining, by }: CommandOf<'drain'>): Decision<'drain'> {
  const worker = model.workers.get(model.trust.accountNamed(id)?.worker ?? (id as WorkerId));
  if (worker === undefined) return refused(unknownWorker(model, id));
  const isNews = worker.isDraining !== isDraining;
  return {
    facts: isNews ? [{ kind: 'worker.draining', id: worker.id, isDraining, by: by.text }] : [],
    effects: isNews && isDraining && worker.type === 'sse' ? drainWords(model, worker) : [],
    reply: { worker: worker.id },
  };
}

/** For a worker that came without a credential: a plain client, or a launcher that is older than they are. */
function accountFor(model: Model, id: string, account: AccountId, by: string, nowMs: number): Account | null {
  const worker = model.workers.get(id as WorkerId)?.id;
  if (worker === undefined) return null;
  return {
    id: account,
    name: worker,
    worker,
    credential: { kind: 'token', hash: '' },
    workerType: 'persistent',
    labels: {},
    source: 'minted',
    createdAtMs: nowMs,
    createdBy: by,
  };
}

/** What the operator saw may be over, and what another machine has is given away only by its name. */
function doubtAt({ worker, keyHash }: Applicant, meant: WorkerId | null, isAnothers: boolean): Refusal | null {
  const fingerprint = fingerprintText(keyHash);
  if (meant !== null && meant !== worker)
    return new Refusal(
      'worker_taken',
      `${fingerprint} does not ask to be ${meant} any more, but ${worker}; look at it again before you approve it`,
      { worker_id: worker, fingerprint },
    );
  if (meant !== null || !isAnothers) return null;
  return new Refusal(
    'worker_taken',
    `${fingerprint} asks to be ${worker}, which has another credential; if that machine was set up anew, say so: procguard approve ${fingerprint} --as ${worker} (worker_id in the body)`,
    { worker_id: worker, fingerprint },
  );
}

function applicantNamed(model: Model, id: string): Applicant | Refusal {
  const wanted = id.toLowerCase().replaceAll('-', '');
  const all = [...model.trust.applicants.values()];
  // What can be a fingerprint is none but that: a stranger may call itself as another's fingerprint reads.
  const found = /^[0-9a-f]{16,64}$/.test(wanted)
    ? all.filter(({ keyHash }) => keyHash.startsWith(wanted))
    : all.filter(({ worker, state }) => worker === id && state === 'pending');
  if (found.length === 1 && found[0] !== undefined) return found[0];
  const known = all.map(({ worker, keyHash }) => `${worker} (${fingerprintText(keyHash)})`).join(', ') || 'nobody';
  return new Refusal(
    'unknown_worker',
    found.length === 0
      ? `nobody waits for approval as ${id}; waiting: ${known}`
      : `several launchers ask to be ${id}: name one by its fingerprint, and compare it with what its launcher says: ${known}`,
  );
}

function cut(model: Model, worker: WorkerId | null, why: string): Effect[] {
  const connection = worker === null ? null : model.contacts.get(worker)?.connection;
  return connection == null ? [] : [{ kind: 'closeConnection', connection, why }];
}
