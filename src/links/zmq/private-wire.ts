/** From a ZeroMQ socket of ours to a stream of ours: a Unix socket that nobody else can get at, and that is gone once the two are joined. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dealer } from 'zeromq';

/** @param signal it is not wanted any more: rejects */
export async function privateWire(dealer: Dealer, signal: AbortSignal): Promise<Socket> {
  // Of mode 700: whoever came to this path before libzmq does would be told what a launcher says.
  const directory = await mkdtemp(join(tmpdir(), 'procguard-zmq-'));
  const server = createServer();
  try {
    const path = join(directory, 'wire');
    server.listen(path);
    await once(server, 'listening', { signal });
    dealer.connect(`ipc://${path}`);
    const [wire] = (await once(server, 'connection', { signal })) as [Socket];
    return wire;
  } finally {
    server.close();
    await rm(directory, { recursive: true, force: true });
  }
}
