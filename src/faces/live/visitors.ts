/**
 * Who is on the sockets of pages. Nobody is let in without a right to something; each word is held against the right it
 * needs; and when users, tokens or grants change, every open socket is asked again, so that whoever lost the right to be
 * here is cut at once.
 */
import type { ExtendedError } from 'socket.io';
import { Refusal } from '../../../protocol/errors';
import type { Permission } from '../../../protocol/trust';
import type { Engine } from '../../engine/engine';
import type { Doorkeeper } from '../doorkeeper';
import { LIVE_EVENTS, type Entry } from '../entry';
import type { LiveNamespace, LiveSocket } from './dashboards';

const entry = (name: string, permission: Permission): Entry => ({ over: 'live', name, permission });
/** A map, for the words are strangers': `constructor` is none of them. */
const PERMISSION_OF = new Map<string, Permission>(Object.entries(LIVE_EVENTS));
/** The least that anything here needs. */
const CONNECT = entry('connect', 'fleet.read');

/** Returns what ends it. */
export function guardVisitors(namespace: LiveNamespace, engine: Engine, doorkeeper: Doorkeeper): () => void {
  const enter = (socket: LiveSocket, asked: Entry): void => {
    doorkeeper.enter(asked, socket.request, doorkeeper.gate.callerOf(socket.request));
  };
  namespace.use((socket, next) => next(refusalIn(() => enter(socket, CONNECT))));
  namespace.on('connection', (socket) => {
    socket.use(([word, ...rest], next) => {
      const permission = PERMISSION_OF.get(word);
      // What is not in the table is nobody's.
      if (permission === undefined) return;
      const refusal = refusalIn(() => enter(socket, entry(word, permission)));
      if (refusal === undefined) return next();
      const answer: unknown = rest.at(-1);
      if (typeof answer === 'function')
        (answer as (reply: unknown) => void)({ error: refusal.message, ...refusal.data });
    });
  });
  let version = engine.read(({ trust }) => trust.version);
  return engine.feed.listen(() => {
    const now = engine.read(({ trust }) => trust.version);
    if (now === version) return;
    version = now;
    for (const socket of namespace.sockets.values())
      if (!doorkeeper.isWelcome(CONNECT, socket.request, doorkeeper.gate.callerOf(socket.request)))
        socket.disconnect(true);
  });
}

/** As Socket.IO's client gets it: `data.code` says which. */
function refusalIn(look: () => void): (ExtendedError & { data: { code: string } }) | undefined {
  try {
    look();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return Object.assign(new Error(error.message), { data: { code: error.code } });
  }
}
