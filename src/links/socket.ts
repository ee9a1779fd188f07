/**
 * The socket carrier: one Socket.IO connection per launcher, opened by it, namespace /launcher. Control and facts only;
 * output bytes come as HTTP bodies (output.ts). What is said on it is launcher-sessions.ts's.
 */
import type { Namespace, Socket } from 'socket.io';
import type { LauncherIdentity, SyncReply } from '../../protocol/link';
import { linkRefusal, type LauncherLine, type LauncherSessions } from './launcher-sessions';

interface Admitted {
  identity: LauncherIdentity;
}

export function openSocketLink(namespace: Namespace, sessions: LauncherSessions): void {
  namespace.use((socket, next) => {
    socket.conn.once('close', () => sessions.left(socket.id));
    sessions.admit(socket.handshake.auth, socket.id, sessions.gate.callerOf(socket.request)).then(
      (identity) => {
        (socket.data as Admitted).identity = identity;
        next();
      },
      (error: unknown) => next(asConnectError(error)),
    );
  });
  namespace.on('connection', (socket) => {
    const session = sessions.serve((socket.data as Admitted).identity, lineOf(socket));
    socket.on('disconnect', () => session.ended());
    socket.onAny((event: string, body: unknown, answer: unknown) => {
      session.hear(event, body, typeof answer === 'function' ? (answer as (reply: SyncReply) => void) : undefined);
    });
  });
}

const lineOf = (socket: Socket): LauncherLine => ({
  id: socket.id,
  say: (event, body) => void socket.emit(event, body),
  close: () => void socket.disconnect(true),
});

/** The client reads `error.data.code`. */
function asConnectError(error: unknown): Error {
  const data = linkRefusal(error);
  return Object.assign(new Error(data.message), { data });
}
