/**
 * Who may use the local API: whoever gives a task runs a program as the launcher's user, so that user itself, root (who may
 * anyway), and whom the machine's owner names.
 */
import type { Socket } from 'node:net';
import { findUser } from '../birth/accounts';
import type { Log } from '../logging';
import { peerOf, type Peer } from './peer-user';
import { refused, type Reply } from './reply';

export class Callers {
  readonly #uids: ReadonlySet<number> | 'all';
  readonly #known = new WeakMap<Socket, Peer>();
  #isSaid = false;

  /** @param named names or numbers of users, or `all`. Throws a sentence where there is no such user */
  constructor(
    named: readonly string[],
    private readonly log: Log,
  ) {
    const own = process.getuid?.() ?? 0;
    this.#uids = named.includes('all') ? 'all' : new Set([0, own, ...named.map(uidOf)]);
  }

  /** As soon as it is connected: later its program may be gone. */
  met(socket: Socket): void {
    if (this.#uids !== 'all') this.#known.set(socket, peerOf(socket));
  }

  /** Null = it may. */
  against(socket: Socket): Reply | null {
    if (this.#uids === 'all') return null;
    const peer = this.#known.get(socket) ?? { kind: 'nobody' };
    if (peer.kind === 'user' && this.#uids.has(peer.uid)) return null;
    if (peer.kind === 'untold') {
      if (!this.#isSaid)
        this.log('warn', 'this machine does not tell whose a connection is: every user of it may use the local API');
      this.#isSaid = true;
      return null;
    }
    const who = peer.kind === 'user' ? `the user with the number ${peer.uid}` : 'whoever let go of this connection';
    return refused(
      403,
      null,
      `${who} may not give tasks here, because they run as the launcher's own user; its owner can name more users (--local-api-users)`,
    );
  }
}

function uidOf(name: string): number {
  const uid = findUser(name)?.uid ?? (/^\d+$/.test(name) ? Number(name) : null);
  if (uid === null) throw new Error(`there is no user ${name} here, who is named by --local-api-users`);
  return uid;
}
