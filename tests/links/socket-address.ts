/** The socket link: registration and output by HTTP, the line by Socket.IO. */
import { io } from 'socket.io-client';
import { LINK_NAMESPACE, OUTPUT_PATH, WORKER_KEY_HEADER } from '../../protocol/link';
import { quietPort } from '../harness/quiet-port';
import type { Answer, LinkAddress, LinkUnderTest, ShownProof } from './test-line';

export const socketLink: LinkUnderTest = {
  manager: async () => {
    const port = await quietPort();
    return { port, env: {}, ports: [port] };
  },
  address: ([port]) => addressOf(`http://127.0.0.1:${port}`),
};

const addressOf = (url: string): LinkAddress => ({
  register: (body) => post(`${url}/api/workers/register`, JSON.stringify(body)),
  ship: (query, bytes, proof) => post(`${url}${OUTPUT_PATH}?${query}`, bytes, headersOf(proof)),
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
          ask: (event, body) => socket.timeout(30_000).emitWithAck(event, body),
          close: () => void socket.disconnect(),
        }),
      );
    }),
  close: () => undefined,
});

const headersOf = ({ token, key }: ShownProof): Record<string, string> => ({
  ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  ...(key === null ? {} : { [WORKER_KEY_HEADER]: key }),
});

async function post(url: string, body: string | Buffer, proof: Record<string, string> = {}): Promise<Answer> {
  const headers = { connection: 'close', ...proof };
  const response = await fetch(url, { method: 'POST', body: body as string, headers });
  return { status: response.status, body: await response.json() };
}
