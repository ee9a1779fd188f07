/** A connection that is accepted is good. It is closed at once, without a byte. */
import { connect } from 'node:net';
import type { Trouble } from './trouble';

export function askTcp(
  { host, port }: { readonly host: string; readonly port: number },
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Trouble> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    const timer = setTimeout(() => settle(`no connection within ${timeoutMs} ms`), timeoutMs);
    const settle = (trouble: Trouble): void => {
      clearTimeout(timer);
      resolve(trouble);
      socket.destroy();
    };
    socket.on('connect', () => settle(null));
    socket.on('error', ({ message }) => settle(message));
  });
}
