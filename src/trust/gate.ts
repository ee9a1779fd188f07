/**
 * Who asks: one answer for every way in, whichever header or cookie brings the proof. Open at home, closed outside: while
 * no user is defined, whoever asks from this machine may do everything; anybody else needs a name.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { WorkerId } from '../../protocol/ids';
import type { LauncherIdentity } from '../../protocol/link';
import { SESSION_COOKIE } from '../../protocol/trust-http';
import type { Asker, Grant } from '../../protocol/trust';
import type { Proof, Token, TokenId } from '../core/trust/rows';
import type { Engine } from '../engine/engine';
import { callerOf, type Caller } from './caller';
import { hashOf } from './credentials';

/** Who asks, and what they may. */
export interface Principal {
  readonly asker: Asker;
  readonly grants: readonly Grant[];
  /** What bounds them: a token does not give what its owner has no more. Null = nothing. */
  readonly owner: readonly Grant[] | null;
  /** Set for a launcher's credential: the one worker that it may speak for; null = not yet bound. */
  readonly worker: WorkerId | null;
  /** The session that a cookie or a bearer brought; null = none. */
  readonly session: TokenId | null;
  /** True when a cookie brought it: whatever changes something then needs the CSRF header. */
  readonly isByCookie: boolean;
  /** True when a proof was shown and is nobody's, or nobody's any more: the refusal says so. */
  readonly isProofVoid: boolean;
}

export interface GateSettings {
  /** `none`: everybody may do everything, from everywhere. */
  readonly auth: 'required' | 'none';
  /** Addresses whose X-Forwarded-For counts. @default none */
  readonly proxies?: ReadonlySet<string>;
}

const EVERYTHING: readonly Grant[] = [{ role: 'admin', on: null }];
/** What most have not. */
const BY_ITSELF = {
  grants: [],
  owner: null,
  worker: null,
  session: null,
  isByCookie: false,
  isProofVoid: false,
} as const;

/** Somebody who was looked up, by what they show. */
interface Verdict {
  readonly principal: Principal;
  readonly isByCookie: boolean;
  readonly untilMs: number;
}
const VERDICTS_MAX = 1000;

export class Gate {
  private readonly verdicts = new Map<string, Verdict>();
  private verdictsOf = -1;

  constructor(
    private readonly engine: Engine,
    private readonly settings: GateSettings,
  ) {}

  callerOf(request: IncomingMessage): Caller {
    return callerOf(request, this.settings.proxies);
  }

  /**
   * What the page that holds the session sends back, to show that it can read the answers of this origin. Made from the
   * session, so that nothing more needs to be remembered. Null = no cookie.
   */
  csrfOf(headers: IncomingHttpHeaders): string | null {
    const { shown, isByCookie } = shownIn(headers);
    return isByCookie && shown !== null ? csrfOf(shown) : null;
  }

  /** Nobody needs a name from there. */
  isOpen({ isLocal }: Caller): boolean {
    return this.settings.auth === 'none' || (isLocal && this.engine.read(({ trust }) => trust.users.size === 0));
  }

  /** Never refuses: who shows nothing that is known here is `unknown` and has no grants. */
  resolve(headers: IncomingHttpHeaders, caller: Caller): Principal {
    const { shown, isByCookie } = shownIn(headers);
    const known = shown === null ? null : this.remembered(shown, caller, isByCookie);
    if (known !== null) return known;
    // A proof that does not hold is not passed over, not even at home: its bearer believes to be somebody.
    if (this.isOpen(caller) && (shown === null || isByCookie)) return openPrincipal(caller);
    return { ...BY_ITSELF, asker: strangerAt(caller), isProofVoid: shown !== null };
  }

  /**
   * Who sends a request, looked up anew at each call: a body may be long on its way, and whoever loses a credential
   * meanwhile has lost it.
   */
  asking(request: IncomingMessage): () => Principal {
    const caller = this.callerOf(request);
    return () => this.resolve(request.headers, caller);
  }

  /** What a launcher brings, hashed, and whether it is let in without. */
  proofOf({ token, key }: Pick<LauncherIdentity, 'token' | 'key'>, caller: Caller): Proof {
    return {
      tokenHash: token === null ? null : hashOf(token),
      keyHash: key === null ? null : hashOf(key),
      from: caller.ip,
      isTrusted: caller.isLocal || this.settings.auth === 'none',
      isOpen: this.isOpen(caller),
    };
  }

  /** Not who says so of himself: somebody whose credential is one of ours, or who needs none. */
  knows({ tokenHash, keyHash, isTrusted }: Proof): boolean {
    const isShown = (hash: string | null): boolean =>
      hash !== null && this.engine.read(({ trust }) => trust.shown(hash)) !== null;
    return isTrusted || isShown(tokenHash) || isShown(keyHash);
  }

  /** A program shows the same with every request: it is looked up once, until anything of trust changes. */
  private remembered(shown: string, caller: Caller, isByCookie: boolean): Principal | null {
    const version = this.engine.read(({ trust }) => trust.version);
    if (version !== this.verdictsOf || this.verdicts.size >= VERDICTS_MAX) this.verdicts.clear();
    this.verdictsOf = version;
    const last = this.verdicts.get(shown);
    const isGood =
      last !== undefined &&
      last.isByCookie === isByCookie &&
      last.principal.asker.ip === caller.ip &&
      this.engine.nowMs < last.untilMs;
    if (isGood) return last.principal;
    const hash = hashOf(shown);
    const principal = this.known(hash, caller, isByCookie);
    if (principal !== null) this.verdicts.set(shown, { principal, isByCookie, untilMs: this.endOf(hash) });
    return principal;
  }

  private endOf(hash: string): number {
    return this.engine.read(({ trust }) => {
      const shown = trust.shown(hash);
      return (shown?.kind === 'token' ? trust.tokens.get(shown.id)?.expiresAtMs : null) ?? Infinity;
    });
  }

  private known(hash: string, { ip }: Caller, isByCookie: boolean): Principal | null {
    return this.engine.read(({ trust }) => {
      const shown = trust.shown(hash);
      if (shown === null) return null;
      if (shown.kind === 'account') {
        const account = trust.accounts.get(shown.id);
        if (account === undefined) return null;
        const name = account.worker ?? account.name;
        const asker: Asker = { kind: 'worker', id: account.id, name, ip, text: `worker ${name}` };
        return { ...BY_ITSELF, asker, worker: account.worker };
      }
      const token = trust.tokens.get(shown.id);
      if (token === undefined || token.kind === 'join' || isOver(token, this.engine.nowMs)) return null;
      const owner = token.owner === null ? null : (trust.users.get(token.owner) ?? null);
      if (token.owner !== null && (owner === null || owner.isDisabled)) return null;
      if (token.kind === 'session') {
        if (owner === null) return null;
        const asker: Asker = { kind: 'user', id: owner.id, name: owner.name, ip, text: owner.name };
        return { ...BY_ITSELF, asker, grants: owner.grants, session: token.id, isByCookie };
      }
      const text = owner === null ? `token ${token.name}` : `${owner.name} (token ${token.name})`;
      const asker: Asker = { kind: 'token', id: token.id, name: owner?.name ?? token.name, ip, text };
      return { ...BY_ITSELF, asker, grants: token.grants, owner: owner?.grants ?? null };
    });
  }
}

const isOver = ({ expiresAtMs }: Token, nowMs: number): boolean => expiresAtMs !== null && expiresAtMs <= nowMs;

export const csrfOf = (session: string): string => hashOf(`csrf ${session}`);

/** Written out: it is made several times for each request, and V8 takes twenty times as long over a copy that gets a field more. */
const openPrincipal = ({ ip }: Caller): Principal => ({
  asker: nameless('open', 'operator', ip),
  grants: EVERYTHING,
  owner: null,
  worker: null,
  session: null,
  isByCookie: false,
  isProofVoid: false,
});

export const strangerAt = ({ ip }: Caller): Asker => nameless('unknown', 'somebody', ip);

const nameless = (kind: 'open' | 'unknown', name: string, ip: string): Asker => ({
  kind,
  id: null,
  name,
  ip,
  text: `${name} ${ip}`,
});

const SESSION = new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([^;]+)`);

/** Every header of the seeds, and our cookie: the first that is there counts. */
function shownIn(headers: IncomingHttpHeaders): { readonly shown: string | null; readonly isByCookie: boolean } {
  const bearer = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1];
  const shown =
    bearer ?? one(headers['x-api-key']) ?? one(headers['x-worker-token']) ?? one(headers['x-agent-token']) ?? null;
  if (shown !== null) return { shown, isByCookie: false };
  const cookie = headers.cookie === undefined ? null : (SESSION.exec(headers.cookie)?.[1] ?? null);
  return { shown: cookie, isByCookie: cookie !== null };
}

const one = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);
