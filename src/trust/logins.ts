/** A person logs in, and stays so for a while: name, password, perhaps a code; a session; its end. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Refusal } from '../../protocol/errors';
import { isSealed } from '../../protocol/sealed-env';
import type { Asker } from '../../protocol/trust';
import type { Token, User, UserId } from '../core/trust/rows';
import type { Engine } from '../engine/engine';
import type { Caller } from './caller';
import { hashOf, newToken, newTokenId } from './credentials';
import { Lockout } from './lockout';
import { Passwords } from './passwords';
import { totpSecret, totpStep, totpUri } from './totp';

const ISSUER = 'ProcGuard';
/** A second factor that was begun and not confirmed. */
const TOTP_BEGUN_MS = 10 * 60_000;
/** Of one user; the oldest makes room. */
const SESSIONS_MAX = 50;

export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly totp?: string | undefined;
}

/** A session, and what its holder shows: known nowhere else. */
export interface LoggedIn {
  readonly user: User;
  readonly shown: string;
}

export class Logins {
  readonly passwords = new Passwords();
  private readonly lockout = new Lockout();
  /** The last code that each user was let in with. A restart forgets it: a code lives for a minute and a half. */
  private readonly usedSteps = new Map<UserId, number>();
  private readonly begunSecrets = new Map<UserId, { readonly secret: string; readonly atMs: number }>();

  constructor(
    private readonly engine: Engine,
    private readonly sessionMs: number,
  ) {}

  /** @throws Refusal login_failed, totp_needed, locked_out, rate_limited */
  async proven({ username, password, totp }: Credentials, caller: Caller): Promise<User> {
    await this.begun(username, caller);
    const { ip } = caller;
    const asked = this.engine.read(({ trust }) => trust.userNamed(username));
    const isRight = await this.passwords.isRight(password, asked?.password ?? null);
    // The look took its time, and waited for others: what was right when it began may have been changed since.
    const user = asked === null ? undefined : this.engine.read(({ trust }) => trust.users.get(asked.id));
    if (user === undefined || !isRight || user.isDisabled || user.password !== asked?.password)
      throw this.failed(username, caller, 'name or password');
    if (user.totp !== null) {
      if (totp === undefined || totp === '') {
        this.lockout.takeBack(username, ip, this.engine.nowMs);
        throw new Refusal('totp_needed', `${user.name} has a second factor: send the six digits of the app as totp`);
      }
      if (!this.isCodeRight(user, totp)) throw this.failed(username, caller, 'code');
    }
    this.lockout.succeeded(username, ip, this.engine.nowMs);
    return user;
  }

  /**
   * The password again, before something that a borrowed browser must not do.
   * @throws Refusal password_needed, login_failed, locked_out, rate_limited
   */
  async reproven(user: User, password: string | undefined, caller: Caller): Promise<User> {
    if (password === undefined)
      throw new Refusal(
        'password_needed',
        'this outlasts the session, so it needs the password again: send it as current',
      );
    await this.begun(user.name, caller);
    const isRight = await this.passwords.isRight(password, user.password);
    // The look took its time: who changed the password meanwhile has ended this session.
    const isStill = this.engine.read(({ trust }) => trust.users.get(user.id)?.password === user.password);
    if (!isRight || !isStill) throw this.failed(user.name, caller, 'password');
    this.lockout.takeBack(user.name, caller.ip, this.engine.nowMs);
    return user;
  }

  /** For a user that has just been proven, or made. */
  async openSession(user: User, { ip }: Caller): Promise<LoggedIn> {
    const by: Asker = { kind: 'user', id: user.id, name: user.name, ip, text: user.name };
    const shown = newToken('pgs');
    const nowMs = this.engine.nowMs;
    const token: Token = {
      kind: 'session',
      id: newTokenId('session'),
      hash: hashOf(shown),
      owner: user.id,
      from: ip,
      createdAtMs: nowMs,
      createdBy: user.name,
      expiresAtMs: nowMs + this.sessionMs,
    };
    const [oldest, ...others] = this.sessionsOf(user.id);
    if (oldest !== undefined && others.length + 1 >= SESSIONS_MAX)
      await this.engine.submit({ kind: 'revokeToken', id: oldest.id, by }).catch(() => undefined);
    await this.engine.submit({ kind: 'issueToken', token, by });
    return { user, shown };
  }

  /** Oldest first. */
  sessionsOf(id: UserId): Token[] {
    return this.engine.read(({ trust }) =>
      [...trust.tokens.values()].filter((token) => token.kind === 'session' && token.owner === id),
    );
  }

  /** A secret that counts once a code of it was shown. */
  beginTotp(user: User): { readonly secret: string; readonly uri: string } {
    const secret = totpSecret(randomBytes);
    this.begunSecrets.set(user.id, { secret, atMs: this.engine.nowMs });
    return { secret, uri: totpUri(secret, user.name, ISSUER) };
  }

  /** @returns the secret that is proven now. @throws Refusal bad_request, login_failed */
  confirmTotp(user: User, code: string): string {
    const begun = this.begunSecrets.get(user.id);
    if (begun === undefined || this.engine.nowMs - begun.atMs > TOTP_BEGUN_MS)
      throw new Refusal('bad_request', 'no second factor was begun, or more than 10 minutes ago; begin again');
    if (!this.isCodeOf(begun.secret, user, code))
      throw new Refusal('login_failed', 'the code is not the one of now; is the clock of the device right?');
    this.begunSecrets.delete(user.id);
    return begun.secret;
  }

  /** A code, to take the second factor off: guessed at no faster than at a login. @throws Refusal login_failed, locked_out */
  async proveCode(user: User, code: string, caller: Caller): Promise<void> {
    await this.begun(user.name, caller);
    if (!this.isCodeRight(user, code)) throw this.failed(user.name, caller, 'code');
    this.lockout.takeBack(user.name, caller.ip, this.engine.nowMs);
  }

  /** A code is worth something once. */
  private isCodeRight(user: User, code: string): boolean {
    // Still sealed: its key is lost, and no code is right; the set-up link, or an admin, takes the factor off.
    return user.totp !== null && !isSealed(user.totp) && this.isCodeOf(user.totp, user, code);
  }

  private isCodeOf(secret: string, { id }: User, code: string): boolean {
    const step = totpStep(secret, code, this.engine.nowMs, this.usedSteps.get(id) ?? -1);
    if (step !== null) this.usedSteps.set(id, step);
    return step !== null;
  }

  /** Counted before it is held back: a hundred that are held back together are a hundred. @throws Refusal locked_out */
  private async begun(username: string, { ip }: Caller): Promise<void> {
    const waitMs = this.lockout.waitMs(username, ip, this.engine.nowMs);
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000);
      throw new Refusal(
        'locked_out',
        `too many failed logins from ${ip}; the next is taken in ${seconds} s. From elsewhere ${JSON.stringify(username.slice(0, 64))} can log in all the same`,
        { retry_after_seconds: seconds },
      );
    }
    const holdMs = this.lockout.holdMs(username, this.engine.nowMs);
    this.lockout.begun(username, ip, this.engine.nowMs);
    if (holdMs > 0) await pause(holdMs, undefined, { ref: false });
  }

  private failed(username: string, { ip }: Caller, what: string): Refusal {
    const name = username.slice(0, 64);
    const actor: Asker = { kind: 'unknown', id: null, name, ip, text: `somebody ${ip}` };
    const record = {
      type: 'auth.login.failed',
      actor,
      target: { type: 'user', id: name },
      action: 'log in',
      result: 'login_failed',
      details: { what },
    } as const;
    this.engine.submit({ kind: 'audit', record }).catch(() => undefined);
    return new Refusal('login_failed', `the ${what} is not right, or this user may not log in`);
  }
}
