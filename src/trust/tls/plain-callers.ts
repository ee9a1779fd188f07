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
/** Who connects and says nothing. */
const SILENT_MS = 120_000;

/** From now on the server answers plain callers, too. */
export function answerPlainCallers(server: Server): void {
  const toTls = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  const plain = createServer(sayTls);
  const waiting = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    waiting.add(socket);
    const leave = (): void => void waiting.delete(socket);
    socket.setTimeout(SILENT_MS, () => socket.destroy());
    socket.once('close', leave);
    socket.once('error', leave);
    socket.once('data', (first: Buffer) => {
      leave();
      socket.setTimeout(0);
      socket.pause();
      socket.unshift(first);
      if (first[0] === TLS_HANDSHAKE) return toTls.forEach((listener) => listener.call(server, socket));
      plain.emit('connection', socket);
      socket.resume();
    });
  });
  const closeAll = server.closeAllConnections.bind(server);
  server.closeAllConnections = () => {
    for (const socket of waiting) socket.destroy();
    plain.closeAllConnections();
    closeAll();
  };
}

/** A page is led on; a program is told, because its token went over the wire in the open and somebody should know. */
function sayTls(request: IncomingMessage, response: ServerResponse): void {
  const { host } = request.headers;
  const address = host === undefined ? 'https:// and the same address' : `https://${host}`;
  request.resume();
  if (host !== undefined && request.headers['sec-fetch-dest'] === 'document' && request.method === 'GET') {
    response.writeHead(307, { location: `${address}${request.url ?? '/'}`, connection: 'close' }).end();
    return;
  }
  const error = `this manager speaks TLS only: use ${address}; what was sent went over the network unencrypted`;
  response.writeHead(400, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ success: false, error, code: 'tls_required' }));
}
