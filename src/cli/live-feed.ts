/**
 * The manager's pushed messages. socket.io-client is loaded only here and only when somebody follows: it takes longer
 * to load than any other command takes to run.
 */
import type { Socket } from 'socket.io-client';
import type { BrowserToServer, ServerToBrowser } from '../../protocol/live';
import type { ErrorCode } from '../../protocol/errors';
import { CliError, EXIT } from './exit';
import type { ManagerClient } from './manager-client';

export type LiveFeed = Socket<ServerToBrowser, BrowserToServer>;

/**
 * Connects, and stays so for as long as the program lives.
 * @param onConnected at the first connection and after each lost one: whoever follows says so again
 * @returns never, except by failing at the first connection
 */
export async function stayConnected(
  client: ManagerClient,
  note: (line: string) => void,
  onConnected: (feed: LiveFeed) => Promise<void>,
): Promise<never> {
  const { io } = await import('socket.io-client');
  const trust = await client.trust();
  const { origin, pathname } = new URL(client.url);
  const feed: LiveFeed = io(origin, {
    path: `${pathname.replace(/\/$/, '')}/socket.io`,
    // An agent, because Socket.IO would fix the options for TLS once and for all. (Typed for browsers.)
    ...(trust === null ? {} : { agent: trust.agent({}) as unknown as boolean }),
    transports: ['websocket'],
    extraHeaders: client.headers(),
  });
  return new Promise((_resolve, reject) => {
    let wasConnected = false;
    feed.on('connect', () => {
      if (wasConnected) note('Connected again.');
      wasConnected = true;
      onConnected(feed).catch(fail);
    });
    feed.on('connect_error', (error) => {
      // A refusal, not a failure: it is the same the next time.
      const { data } = error as { data?: { code?: ErrorCode } };
      if (data?.code !== undefined) return fail(new CliError(EXIT.failed, error.message, data.code));
      // What the WebSocket said lies two wrappings deep.
      const { description } = error as { description?: { error?: NodeJS.ErrnoException } };
      if (!wasConnected) fail(client.failed(description?.error ?? error, trust));
    });
    feed.on('disconnect', (reason) => {
      if (reason !== 'io client disconnect') note(`Connection to ${client.url} lost (${reason}); trying again ...`);
      // Socket.IO takes this one as final and would leave it; a manager that restarts means to come back.
      if (reason === 'io server disconnect') feed.connect();
    });
    function fail(error: unknown): void {
      feed.disconnect();
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}
