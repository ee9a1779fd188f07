/** The socket link: registration and output by HTTP, the line by Socket.IO. */
import { io } from 'socket.io-client';
import { LINK_NAMESPACE, OUTPUT_PATH } from '../../protocol/link';
import { quietPort } from '../harness/quiet-port';
import type { Answer, LinkAddress, LinkUnderTest } from './test-line';

export const socketLink: LinkUnderTest = {
  manager: async () => {
    const port = await quietPort();
    return { port, env: {}, ports: [port] };
  },
  address: ([port]) => addressOf(`http://127.0.0.1:${port}`),
};

const addressOf = (url: string): LinkAddress => ({
  register: (body) => post(`${url}/api/workers/register`, JSON.stringify(body)),
  ship: (query, bytes) => post(`${url}${OUTPUT_PATH}?${query}`, bytes),
  open: (identity, party) =>
    new Promise((resolve, reject) => {
      const socket = io(url + LINK_NAMESPACE, {
        auth: { ...identity },
        transports: ['websocket'],
        reconnection: false,
        forceNew: true,
      });
      socket.onAny((event: string, body: unknown) => party.heard(event, body));
      socket.on('disconnect', () => party.ended());
      socket.once('connect_error', (error: Error & { data?: unknown }) => reject((error.data ?? error) as Error));
      socket.once('connect', () =>
        resolve({
          get isOpen() {
            return socket.connected;
          },
          say: (event, body) => void socket.emit(event, body),
          ask: (event, body) => socket.timeout(5_000).emitWithAck(event, body),
          close: () => void socket.disconnect(),
        }),
      );
    }),
  close: () => undefined,
});

async function post(url: string, body: string | Buffer): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body: body as string, headers: { connection: 'close' } });
  return { status: response.status, body: await response.json() };
}
