/**
 * What the manager remembers of who may do what. Nothing here is a secret: tokens and keys are kept as the SHA-256 of
 * what was shown once, passwords as scrypt's.
 */
import type { WorkerId } from '../../../protocol/ids';
import type { Labels } from '../../../protocol/link';
import type { Grant } from '../../../protocol/trust';

/** `u_...` */
export type UserId = string & { readonly __brand: 'UserId' };
/** `t_...`, `s_...`, `j_...` */
export type TokenId = string & { readonly __brand: 'TokenId' };
/** `w_...` */
export type AccountId = string & { readonly __brand: 'AccountId' };

export interface User {
  readonly id: UserId;
  readonly name: string;
  /** `scrypt$<N>$<r>$<p>$<salt>$<hash>`. */
  readonly password: string;
  /** The secret of the second factor, in base32: sealed on the disk, and here only where its key is lost. Null = none. */
  readonly totp: string | null;
  readonly grants: readonly Grant[];
  readonly isDisabled: boolean;
  readonly createdAtMs: number;
  readonly createdBy: string;
}

interface Issued {
  readonly id: TokenId;
  /** SHA-256, hex. */
  readonly hash: string;
  readonly createdAtMs: number;
  readonly createdBy: string;
  /** Null = for ever. */
  readonly expiresAtMs: number | null;
}

export type Token =
  /** For programs. It may do what its grants and, if it has one, its owner's give. */
  | (Issued & {
      readonly kind: 'api';
      readonly name: string;
      readonly owner: UserId | null;
      readonly grants: readonly Grant[];
    })
  /** A person's browser or command line, logged in. */
  | (Issued & { readonly kind: 'session'; readonly owner: UserId; readonly from: string })
  /** Lets launchers in: each keeps its own key from then on. */
  | (Issued & {
      readonly kind: 'join';
      readonly name: string;
      readonly labels: Labels;
      /** Null = any number. */
      readonly usesLeft: number | null;
    });

/** How a launcher proves to be the worker that it says it is. */
export interface Account {
  readonly id: AccountId;
  readonly name: string;
  /** Null until somebody came with its token. From then on nobody else can. */
  readonly worker: WorkerId | null;
  /** `token`: minted here. `key`: made by the launcher itself, and trusted. SHA-256, hex. */
  readonly credential: { readonly kind: 'token' | 'key'; readonly hash: string };
  /** Seed 004. */
  readonly workerType: 'persistent' | 'ephemeral';
  /** Laid over those that its launcher tells. */
  readonly labels: Labels;
  readonly source: 'minted' | 'approved' | 'joined' | 'loopback';
  readonly createdAtMs: number;
  readonly createdBy: string;
}

/** A launcher that nobody vouches for. It holds nothing and runs nothing of ours. */
export interface Applicant {
  /** SHA-256 of its own key, hex; people compare `fingerprintText`. */
  readonly keyHash: string;
  readonly worker: WorkerId;
  readonly hostname: string;
  readonly version: string;
  readonly labels: Labels;
  readonly from: string;
  /** Since when it asks to be this worker. */
  readonly firstSeenMs: number;
  /** When this row was written, which is not done at each question. */
  readonly saidAtMs: number;
  readonly state: 'pending' | 'rejected';
}

/** What came with a launcher's word, hashed where it came in. */
export interface Proof {
  /** Of the token it was given; null = none. */
  readonly tokenHash: string | null;
  /** Of its own key; null = it has none (an older launcher). */
  readonly keyHash: string | null;
  readonly from: string;
  /** Whether an unknown one is let in: from this machine, or because the configuration says so. */
  readonly isTrusted: boolean;
  /** No user is defined, and it comes from this machine; or `web.auth` is none. */
  readonly isOpen: boolean;
}
