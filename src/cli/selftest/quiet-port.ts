/**
 * A free port that the kernel gives to nobody by itself: a manager that was killed finds it free again. Linux's own range,
 * for `port: 0` and for outgoing connections, begins at 32768.
 */
import { createServer } from 'node:net';

const FIRST = 20_000;
const LAST = 32_000;

export async function quietPort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
}

export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
