/**
 * Whether a launcher is the worker that it says it is. A worker id belongs to a credential: a token that was minted for
 * it, or the launcher's own key once somebody vouched for it (an approval, a join token, or this very machine).
 */
import { Refusal } from '../../../protocol/errors';
import { fingerprintText } from '../../../protocol/fingerprint';
import type { WorkerId } from '../../../protocol/ids';
import type { LauncherIdentity } from '../../../protocol/link';
import type { Fact } from '../facts';
import type { Model } from '../model';
import { placeOf } from './place';
import type { Account, AccountId, Applicant, Proof } from './rows';
import type { Trust } from './trust';

/** Applicants waiting at once; more are turned away, so that strangers cannot fill the ledger. */
const APPLICANTS_MAX = 100;
/** Of them from one address, so that one stranger cannot take all the room. */
const APPLICANTS_PER_ADDRESS_MAX = 32;
/** One that nobody answered is forgotten when room is needed and it is older than this. */
const APPLICANT_AGE_MS = 86_400_000;
/** What it says of itself is written down anew no more often: each time is a row, an event and an entry of the audit. */
const SAYS_ANEW_MS = 5_000;

export interface Admitted {
  readonly account: Account | null;
  readonly facts: readonly Fact[];
}
/** `facts` come with a refusal too: that somebody waits. */
export interface Refused {
  readonly refusal: Refusal;
  readonly facts: readonly Fact[];
}

/** @param newAccount an id for an account, should one be made */
export function admit(
  model: Model,
  identity: LauncherIdentity,
  proof: Proof,
  newAccount: AccountId,
  nowMs: number,
): Admitted | Refused {
  const own = model.trust.accountOf(identity.worker);
  if (own !== null && proves(own, proof)) return { account: own, facts: [] };
  if (isToken(model.trust, proof.keyHash))
    return refused(
      'invalid_token',
      `the key that worker ${identity.worker} says is its own is a token of this manager; a launcher makes its key itself: remove it from its data directory, and start it again`,
    );
  if (proof.tokenHash !== null) return byToken(model, identity, proof, proof.tokenHash, newAccount, nowMs);
  return byKey(model, identity, proof, own, newAccount, nowMs);
}

/** A client of the original's protocol has no key: a token of its own, or somebody's word. @param shown its token's */
export function admitPlain(model: Model, worker: WorkerId, shown: AccountId | null): Admitted | Refused {
  const own = model.trust.accountOf(worker);
  const brought = shown === null ? null : (model.trust.accounts.get(shown) ?? null);
  if (brought === null) return own?.credential.kind === 'token' ? takenBy(worker) : { account: null, facts: [] };
  if (brought.worker === worker) return { account: brought, facts: [] };
  if (brought.worker !== null) return another(brought.worker, worker);
  return own === null ? bind(brought, worker) : takenBy(worker);
}

/** Also asked of each connection: the credential may be another since the registration. */
export const proves = ({ credential }: Account, { tokenHash, keyHash }: Proof): boolean =>
  credential.hash === (credential.kind === 'token' ? tokenHash : keyHash);

function byToken(
  model: Model,
  { worker }: LauncherIdentity,
  { keyHash, from }: Proof,
  hash: string,
  newAccount: AccountId,
  nowMs: number,
): Admitted | Refused {
  const { trust } = model;
  const shown = trust.shown(hash);
  const taken = trust.accountOf(worker);
  if (shown?.kind === 'account') {
    const account = trust.accounts.get(shown.id);
    if (account !== undefined && account.worker === null && taken === null) return bind(account, worker);
    return account?.worker == null ? takenBy(worker) : another(account.worker, worker);
  }
  const token = shown === null ? undefined : trust.tokens.get(shown.id);
  if (token?.kind === 'join' && isGood(token, nowMs)) {
    if (keyHash === null)
      return refused('invalid_token', 'a join token needs a launcher with a key of its own; update the launcher');
    if (taken !== null) return takenBy(worker);
    const account = ownKey(
      worker,
      keyHash,
      newAccount,
      { source: 'joined', by: `join token ${token.name}`, labels: token.labels },
      nowMs,
    );
    const usesLeft = token.usesLeft === null ? null : token.usesLeft - 1;
    const facts: Fact[] = [
      { kind: 'token.set', id: token.id, token: usesLeft === 0 ? null : { ...token, usesLeft } },
      { kind: 'account.set', id: account.id, account },
    ];
    // It may have knocked without the token before.
    if (trust.applicants.has(keyHash)) facts.push({ kind: 'applicant.set', keyHash, applicant: null });
    return { account, facts };
  }
  return refused(
    'invalid_token',
    `the token that worker ${worker} brought from ${from} is not valid here: it was rotated, revoked, used up, or is over. Ask for a new one (POST /api/admin/workers/${worker}/token, or procguard join-token)`,
  );
}

function byKey(
  model: Model,
  identity: LauncherIdentity,
  proof: Proof,
  own: Account | null,
  newAccount: AccountId,
  nowMs: number,
): Admitted | Refused {
  const { worker } = identity;
  const { keyHash, isTrusted, isOpen, from } = proof;
  if (own !== null) {
    // At home, a launcher whose data were deleted comes back with a new key; who could refuse it could also forget it.
    // A token is somebody's word that nothing else counts. That no other machine has the worker was seen before.
    if (!isOpen || keyHash === null || own.credential.kind === 'token') return takenBy(worker);
    // Two that are both there would take it from each other without end.
    if (model.contacts.get(worker)?.connection != null)
      return refused(
        'worker_taken',
        `another launcher is connected as worker ${worker}. Choose another id; or end that launcher first, or give this one its --data-dir`,
      );
    const account: Account = { ...own, credential: { kind: 'key', hash: keyHash } };
    return { account, facts: [{ kind: 'account.set', id: own.id, account }] };
  }
  if (keyHash === null)
    return isTrusted
      ? { account: null, facts: [] }
      : refused(
          'invalid_token',
          `worker ${worker} brought neither a token nor a key; update its launcher, or give it --token`,
        );
  if (isTrusted) {
    const account = ownKey(worker, keyHash, newAccount, { source: 'loopback', by: from, labels: {} }, nowMs);
    return { account, facts: [{ kind: 'account.set', id: account.id, account }] };
  }
  return applied(model, identity, keyHash, from, nowMs);
}

function applied(
  model: Model,
  { worker, hostname, version, labels }: LauncherIdentity,
  keyHash: string,
  from: string,
  nowMs: number,
): Refused {
  const { applicants } = model.trust;
  const known = applicants.get(keyHash);
  if (known?.state === 'rejected')
    return refused(
      'rejected',
      `worker ${worker} (${fingerprintText(keyHash)}) was rejected by an operator; it can be approved still: procguard approve ${fingerprintText(keyHash)}`,
    );
  const applicant: Applicant = {
    keyHash,
    worker,
    hostname,
    version,
    labels,
    from,
    // Who asks to be another is another, however long it has waited.
    firstSeenMs: known?.worker === worker ? known.firstSeenMs : nowMs,
    saidAtMs: nowMs,
    state: 'pending',
  };
  const facts: Fact[] = [];
  if (known === undefined) {
    const room = roomFor(applicants, from, nowMs);
    if (room instanceof Refusal) return { refusal: room, facts: [] };
    if (room !== null) facts.push({ kind: 'applicant.set', keyHash: room.keyHash, applicant: null });
  }
  const isNews = known === undefined || known.worker !== worker || known.from !== from;
  if (isNews && (known === undefined || nowMs - known.saidAtMs >= SAYS_ANEW_MS))
    facts.push({ kind: 'applicant.set', keyHash, applicant });
  const fingerprint = fingerprintText(keyHash);
  const refusal = new Refusal(
    'pending_approval',
    `worker ${worker} waits for approval; its fingerprint is ${fingerprint}. Approve it in the dashboard, or with: procguard approve ${fingerprint}`,
    { worker_id: worker, fingerprint },
  );
  return { refusal, facts };
}

/** Who makes room for one more; null = there is some. What was answered with no goes before what was not answered. */
function roomFor(applicants: ReadonlyMap<string, Applicant>, from: string, nowMs: number): Applicant | Refusal | null {
  const all = [...applicants.values()];
  const waiting = all.filter(({ state }) => state === 'pending');
  const isOld = ({ firstSeenMs }: Applicant): boolean => nowMs - firstSeenMs > APPLICANT_AGE_MS;
  const there = waiting.filter((other) => placeOf(other.from) === placeOf(from));
  if (there.length >= APPLICANTS_PER_ADDRESS_MAX)
    return (
      there.find(isOld) ??
      new Refusal(
        'rate_limited',
        `${APPLICANTS_PER_ADDRESS_MAX} launchers wait for approval at ${from} already; approve or reject some first, or let them in with a join token (procguard join-token)`,
      )
    );
  if (all.length < APPLICANTS_MAX) return null;
  return (
    all.find(({ state }) => state === 'rejected') ??
    waiting.find(isOld) ??
    new Refusal('rate_limited', `${APPLICANTS_MAX} launchers wait for approval already; approve or reject some first`)
  );
}

/** A key that is also a token would stand in that token's place: whoever knows it could end it, or be it. */
function isToken(trust: Trust, keyHash: string | null): boolean {
  const known = keyHash === null ? null : trust.shown(keyHash);
  if (known === null || known.kind === 'token') return known !== null;
  return trust.accounts.get(known.id)?.credential.kind === 'token';
}

const isGood = ({ expiresAtMs }: { readonly expiresAtMs: number | null }, nowMs: number): boolean =>
  expiresAtMs === null || expiresAtMs > nowMs;

const ownKey = (
  worker: WorkerId,
  hash: string,
  id: AccountId,
  {
    source,
    by,
    labels,
  }: { readonly source: Account['source']; readonly by: string; readonly labels: Account['labels'] },
  nowMs: number,
): Account => ({
  id,
  name: worker,
  worker,
  credential: { kind: 'key', hash },
  workerType: 'persistent',
  labels,
  source,
  createdAtMs: nowMs,
  createdBy: by,
});

/** From its first use on a token is one worker's. */
function bind(account: Account, worker: WorkerId): Admitted {
  const bound = { ...account, worker };
  return { account: bound, facts: [{ kind: 'account.set', id: bound.id, account: bound }] };
}

const another = (owner: string, worker: string): Refused =>
  refused(
    'credential_mismatch',
    `this token is worker ${owner}'s, not ${worker}'s; start the launcher as ${owner}, or mint a token for ${worker}`,
  );

const refused = (code: Refusal['code'], sentence: string): Refused => ({
  refusal: new Refusal(code, sentence),
  facts: [],
});

const takenBy = (worker: string): Refused =>
  refused(
    'worker_taken',
    `worker_id ${worker} belongs to another credential. Choose another id; or, if that machine was set up anew, rotate its token (POST /api/admin/workers/${worker}/token) and start the launcher with it`,
  );
