/**
 * Before a socket is admitted to a namespace nothing but its handshake is awaited of it: no stranger can have the manager
 * hold a message of the size that a launcher's table may have, on as many connections as he likes.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import type { Namespace, Server, Socket } from 'socket.io';
import { LIMITS } from '../../protocol/limits';

/** Engine.IO's, whose own types hide its id. */
interface Connection {
  readonly id: string;
  readonly request: IncomingMessage;
  once(event: 'close', then: () => void): unknown;
}

/** @param namespaces to be admitted to one of them is to be admitted */
export function boundStrangers(io: Server, namespaces: readonly Pick<Namespace, 'on'>[]): void {
  const admitted = new WeakSet<object>();
  const byId = new Map<string, Connection>();
  const onSocket = new WeakMap<NetSocket, Connection>();
  const connectionOf = (request: IncomingMessage): Connection | undefined =>
    byId.get(sessionOf(request) ?? '') ?? onSocket.get(request.socket);
  const isAdmitted = (request: IncomingMessage): boolean => {
    const connection = connectionOf(request);
    return connection !== undefined && admitted.has(connection);
  };
  for (const namespace of namespaces) namespace.on('connection', ({ conn }: Socket) => void admitted.add(conn));
  io.engine.on('connection', (connection: Connection) => {
    onSocket.set(connection.request.socket, connection);
    byId.set(connection.id, connection);
    connection.once('close', () => byId.delete(connection.id));
  });
  io.engine.use((request: IncomingMessage, _response: unknown, next: () => void) => {
    if (request.headers.upgrade !== undefined) countUntil(request.socket, () => isAdmitted(request));
    else if (request.method === 'POST' && !isAdmitted(request) && isLarge(request))
      return void request.socket.destroy();
    next();
  });
}

/** Ends it when too much came of it before `isOver`. Costs nothing from then on. */
function countUntil(socket: NetSocket, isOver: () => boolean): void {
  let bytes = 0;
  const count = (piece: Buffer): void => {
    if (isOver()) return void socket.off('data', count);
    bytes += piece.length;
    if (bytes > LIMITS.handshakeBytesMax) socket.destroy();
  };
  socket.on('data', count);
}

/** Long polling. Who does not say how much it is could say anything. */
const isLarge = ({ headers }: IncomingMessage): boolean =>
  !(Number(headers['content-length']) <= LIMITS.handshakeBytesMax);

const sessionOf = ({ url = '' }: IncomingMessage): string | null => new URLSearchParams(url.split('?')[1]).get('sid');
