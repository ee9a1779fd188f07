/**
 * Who speaks plain HTTP to a TLS port is told so in HTTP. Otherwise a mistyped `http://` ends as "socket hang up" or
 * "invalid constant", and nobody knows why.
 *
 * The first byte of a connection tells: every TLS handshake begins with 22, and no HTTP method does.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';

const TLS_HANDSHAKE = 22;
/** Who connects and says nothing, and who does not go on. */
const SILENT_MS = 30_000;

/** From now on the server answers plain callers, too. */
export function answerPlainCallers(server: Server): void {
  const toTls = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  const plain = createServer(sayTls);
  /** Silent ones, plain ones, handshakes under way: the server does not know them yet when it closes. */
  const unsecured = new Map<string, Socket>();
  server.on('secureConnection', (socket) => unsecured.delete(nameOf(socket)));
  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    unsecured.set(name, socket);
    const giveUp = (): void => void socket.destroy();
    socket.setTimeout(SILENT_MS).once('timeout', giveUp);
    socket.once('close', () => unsecured.delete(name));
    socket.on('error', giveUp);
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      if (first[0] !== TLS_HANDSHAKE) {
        plain.emit('connection', socket);
        socket.resume();
        return;
      }
      socket.setTimeout(0).off('timeout', giveUp).off('error', giveUp);
      for (const listener of toTls) listener.call(server, socket);
    });
  });
  const closeAll = server.closeAllConnections.bind(server);
  server.closeAllConnections = () => {
    for (const socket of unsecured.values()) socket.destroy();
    closeAll();
  };
}

/** No two connections to one port have it. What is wrapped for TLS is another object with the same name. */
const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/** A page is led on; a program is told, because its token went over the wire in the open and somebody should know. */
function sayTls(request: IncomingMessage, response: ServerResponse): void {
  const { host, accept = '' } = request.headers;
  const address = host === undefined ? 'https:// and the same address' : `https://${host}`;
  request.resume();
  if (host !== undefined && request.method === 'GET' && accept.includes('text/html')) {
    response.writeHead(307, { location: `${address}${request.url ?? '/'}`, connection: 'close' }).end();
    return;
  }
  const error = `this manager speaks TLS only: use ${address}; what was sent went over the network unencrypted`;
  response.writeHead(400, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ success: false, error, code: 'tls_required' }));
}
