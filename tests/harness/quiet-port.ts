/**
 * A free port that the kernel gives to nobody by itself: below the range from which it serves `port: 0` and outgoing
 * connections. A program on it can be ended and started again, and no other takes its place meanwhile.
 */
import { createServer } from 'node:net';

const FIRST = 20_000;
/** Linux's range for ephemeral ports begins at 32768. */
const LAST = 32_000;

export async function quietPort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
