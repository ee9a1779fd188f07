/** The one-time link is used: the first admin, or somebody who forgot everything, by the word of whoever has the data directory. */
import { Refusal } from '../../protocol/errors';
import type { Asker } from '../../protocol/trust';
import type { User } from '../core/trust/rows';
import type { Engine } from '../engine/engine';
import type { Caller } from './caller';
import { newUserId } from './credentials';
import type { Passwords } from './passwords';
import { isSetupToken, voidSetupToken } from './setup-link';

export class Setup {
  /** Two at once with one link: the second finds it taken. */
  private isUnderWay = false;

  constructor(
    private readonly engine: Engine,
    private readonly passwords: Passwords,
    private readonly dataDir: string,
  ) {}

  /** @throws Refusal forbidden: no such link */
  async admin(
    { token, username, password }: { readonly token: string; readonly username: string; readonly password: string },
    { ip }: Caller,
  ): Promise<User> {
    if (this.isUnderWay || !isSetupToken(this.dataDir, token, this.engine.nowMs))
      throw new Refusal(
        'forbidden',
        'this set-up link is not valid: it was used, is over, or was replaced. Make another on the manager’s machine: ./start_manager.sh --setup-link',
      );
    this.isUnderWay = true;
    try {
      const by: Asker = { kind: 'manager', id: null, name: 'set-up link', ip, text: `set-up link ${ip}` };
      const user = await this.madeOrMended(username, await this.passwords.hash(password), by);
      voidSetupToken(this.dataDir);
      return user;
    } finally {
      this.isUnderWay = false;
    }
  }

  private madeOrMended(name: string, password: string, by: Asker): Promise<User> {
    const grants = [{ role: 'admin', on: null } as const];
    const { known, isFirst } = this.engine.read(({ trust }) => ({
      known: trust.userNamed(name),
      isFirst: trust.users.size === 0,
    }));
    if (known !== null) {
      const changes = { password, grants, totp: null, isDisabled: false };
      return this.engine.submit({ kind: 'changeUser', id: known.id, changes, by });
    }
    const createdAtMs = this.engine.nowMs;
    const user: User = {
      id: newUserId(),
      name,
      password,
      totp: null,
      grants,
      isDisabled: false,
      createdAtMs,
      createdBy: by.text,
    };
    return this.engine.submit({ kind: 'addUser', user, isSetup: isFirst, by });
  }
}
