/** What the engine is asked about trust, what comes of it, and what the audit is told. */
import type { WorkerId } from '../../../protocol/ids';
import type { Labels } from '../../../protocol/link';
import type { AuditType } from '../../../protocol/audit';
import type { Asker, Grant } from '../../../protocol/trust';
import type { Account, AccountId, Applicant, Token, TokenId, User, UserId } from './rows';

/** Ids, hashes and tokens are made where the command comes in: the core has neither randomness nor SHA-256. */
export type TrustCommand =
  | { readonly kind: 'addUser'; readonly user: User; readonly isSetup: boolean; readonly by: Asker }
  | { readonly kind: 'changeUser'; readonly id: string; readonly changes: UserChanges; readonly by: Asker }
  | { readonly kind: 'removeUser'; readonly id: string; readonly by: Asker }
  /** An API token, a join token, or a session (a login that went well). */
  | { readonly kind: 'issueToken'; readonly token: Token; readonly by: Asker }
  /** Revokes; a session: logs out. */
  | { readonly kind: 'revokeToken'; readonly id: string; readonly by: Asker }
  | { readonly kind: 'mintAccount'; readonly account: Account; readonly by: Asker }
  /** A new token in place of its credential, at once: its connection is cut. */
  | {
      readonly kind: 'rotateAccount';
      readonly id: string;
      readonly hash: string;
      /** For a worker that had no credential until now. */
      readonly newAccount: AccountId;
      readonly by: Asker;
    }
  /** Its credential is revoked and the worker forgotten. Refused for one that is connected, unless forced. */
  | { readonly kind: 'removeAccount'; readonly id: string; readonly isForced: boolean; readonly by: Asker }
  /** @param id a fingerprint, or a worker id that only one applicant has */
  | {
      readonly kind: 'approve';
      readonly id: string;
      /** As which it was looked at: an applicant may say that it is another until the last moment. Null = as it says now. */
      readonly worker: WorkerId | null;
      readonly account: AccountId;
      readonly labels: Labels;
      readonly by: Asker;
    }
  | { readonly kind: 'reject'; readonly id: string; readonly by: Asker }
  | { readonly kind: 'drain'; readonly id: string; readonly isDraining: boolean; readonly by: Asker }
  /** What changed nothing and is to be remembered all the same: a refusal, a failed login. */
  | { readonly kind: 'audit'; readonly record: AuditRecord };

export interface UserChanges {
  readonly password?: string;
  readonly totp?: string | null;
  readonly grants?: readonly Grant[];
  readonly isDisabled?: boolean;
}

export interface TrustReplies {
  addUser: User;
  changeUser: User;
  removeUser: null;
  issueToken: Token;
  revokeToken: Token;
  mintAccount: Account;
  rotateAccount: Account;
  removeAccount: { readonly worker: WorkerId | null; readonly name: string };
  approve: Account;
  reject: Applicant;
  drain: { readonly worker: WorkerId };
  audit: null;
}

/** Null = the row is gone. */
export type TrustFact =
  | { readonly kind: 'user.set'; readonly id: UserId; readonly user: User | null }
  | { readonly kind: 'token.set'; readonly id: TokenId; readonly token: Token | null }
  | { readonly kind: 'account.set'; readonly id: AccountId; readonly account: Account | null }
  | { readonly kind: 'applicant.set'; readonly keyHash: string; readonly applicant: Applicant | null };

/** An entry of the audit before it is written: its number, its time and its link to the one before come with the commit. */
export interface AuditRecord {
  readonly type: AuditType;
  readonly actor: Asker;
  readonly target: {
    readonly type:
      'worker' | 'process' | 'set' | 'user' | 'token' | 'session' | 'audit' | 'route' | 'job' | 'schedule' | 'manager';
    readonly id: string;
  } | null;
  readonly action: string;
  /** `ok`, or the code of the refusal. */
  readonly result: string;
  /** Never a secret, and bounded. */
  readonly details: Readonly<Record<string, unknown>>;
}
