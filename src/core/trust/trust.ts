/** The rows of trust, with what finds them by what somebody shows. Part of the model; changed by facts alone. */
import type { WorkerId } from '../../../protocol/ids';
import type { Account, AccountId, Applicant, Token, TokenId, User, UserId } from './rows';

/** By the hash of what is shown. */
export type Known =
  { readonly kind: 'token'; readonly id: TokenId } | { readonly kind: 'account'; readonly id: AccountId };

export class Trust {
  readonly #users = new Map<UserId, User>();
  readonly #tokens = new Map<TokenId, Token>();
  readonly #accounts = new Map<AccountId, Account>();
  /** Those of the accounts that go by themselves (fleet/ephemeral.ts). */
  readonly #ephemeral = new Map<AccountId, Account>();
  /** By the hash of the applicant's key; oldest first. */
  readonly #applicants = new Map<string, Applicant>();
  readonly #byHash = new Map<string, Known>();
  readonly #byWorker = new Map<WorkerId, AccountId>();
  #version = 0;

  get users(): ReadonlyMap<UserId, User> {
    return this.#users;
  }
  get tokens(): ReadonlyMap<TokenId, Token> {
    return this.#tokens;
  }
  get accounts(): ReadonlyMap<AccountId, Account> {
    return this.#accounts;
  }
  get ephemeral(): ReadonlyMap<AccountId, Account> {
    return this.#ephemeral;
  }
  get applicants(): ReadonlyMap<string, Applicant> {
    return this.#applicants;
  }
  /** Rises with each change: who remembers a verdict sees by it that it may be another now. */
  get version(): number {
    return this.#version;
  }

  shown(hash: string): Known | null {
    return this.#byHash.get(hash) ?? null;
  }
  accountOf(worker: WorkerId): Account | null {
    const id = this.#byWorker.get(worker);
    return id === undefined ? null : (this.#accounts.get(id) ?? null);
  }
  userNamed(idOrName: string): User | null {
    return (
      this.#users.get(idOrName as UserId) ??
      [...this.#users.values()].find(({ name }) => name.toLowerCase() === idOrName.toLowerCase()) ??
      null
    );
  }
  /** By its id, the id of its worker, or its name. */
  accountNamed(word: string): Account | null {
    return (
      this.#accounts.get(word as AccountId) ??
      this.accountOf(word as WorkerId) ??
      [...this.#accounts.values()].find(({ name }) => name === word) ??
      null
    );
  }

  setUser(id: UserId, user: User | null): void {
    this.#version += 1;
    if (user === null) this.#users.delete(id);
    else this.#users.set(id, user);
  }
  setToken(id: TokenId, token: Token | null): void {
    this.#version += 1;
    const before = this.#tokens.get(id);
    if (before !== undefined) this.#forgetHash(before.hash, id);
    if (token === null) this.#tokens.delete(id);
    else {
      this.#tokens.set(id, token);
      this.#byHash.set(token.hash, { kind: 'token', id });
    }
  }
  setAccount(id: AccountId, account: Account | null): void {
    this.#version += 1;
    const before = this.#accounts.get(id);
    if (before !== undefined) {
      this.#forgetHash(before.credential.hash, id);
      if (before.worker !== null) this.#byWorker.delete(before.worker);
    }
    if (account?.workerType === 'ephemeral') this.#ephemeral.set(id, account);
    else this.#ephemeral.delete(id);
    if (account === null) this.#accounts.delete(id);
    else {
      this.#accounts.set(id, account);
      this.#byHash.set(account.credential.hash, { kind: 'account', id });
      if (account.worker !== null) this.#byWorker.set(account.worker, id);
    }
  }
  setApplicant(keyHash: string, applicant: Applicant | null): void {
    this.#version += 1;
    if (applicant === null) this.#applicants.delete(keyHash);
    else this.#applicants.set(keyHash, applicant);
  }

  /** Two workers may have one key (a machine that was copied): what one of them leaves is still the other's. */
  #forgetHash(hash: string, id: TokenId | AccountId): void {
    if (this.#byHash.get(hash)?.id === id) this.#byHash.delete(hash);
  }
}
