/**
 * What a page has waiting. Nobody waits for a page that reads too slowly: live tails leave pieces out (log-viewers.ts), and
 * what cannot be left out is bounded by cutting the page off. It comes back by itself, and gets a snapshot.
 */
import { LIMITS } from '../../../protocol/limits';
import type { LiveSocket } from './dashboards';

type Connection = LiveSocket['conn'];

/** Engine.IO hands its transport everything at once, when that has sent what it had before: these bytes wait for that. */
const waiting = new WeakMap<Connection, number>();

/** Of the connection, not of the socket: who leaves the namespace and comes again has no less waiting. */
export function boundBacklog({ conn }: LiveSocket): void {
  if (waiting.has(conn)) return;
  waiting.set(conn, 0);
  conn.on('packetCreate', ({ data }: { data?: string | Buffer }) => {
    const before = waiting.get(conn) ?? 0;
    // A snapshot may be larger than the bound, alone; nothing more may come behind it.
    if (before > LIMITS.liveWaitingBytesMax) process.nextTick(() => conn.close(true));
    waiting.set(conn, before + (data?.length ?? 0));
  });
  conn.on('flush', () => waiting.set(conn, 0));
}

/** Bytes that were given to this page and that the network has not taken. */
export function backlogOf({ conn }: LiveSocket): number {
  const { socket } = conn.transport as { socket?: { bufferedAmount?: number } };
  return (waiting.get(conn) ?? 0) + (socket?.bufferedAmount ?? 0);
}
