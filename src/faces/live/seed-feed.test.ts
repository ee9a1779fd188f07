import { ProcessName, processKey, WorkerId } from '../../../protocol/ids';
import type { Engine } from '../../engine/engine';
import type { LogStore } from '../../engine/log-store-port';
import { LINE_CHARS_MAX } from '../text-lines';
import type { LiveNamespace, LiveSocket } from './dashboards';
import { SeedFeed } from './seed-feed';

const KEY = processKey(WorkerId.parse('w1'), ProcessName.parse('p'));

/** Somebody subscribed while one process was there. */
function subscribed(): { write: (text: string) => void; messages: string[] } {
  const messages: string[] = [];
  let write = (_text: string): void => undefined;
  const namespace = {
    adapter: { rooms: new Map() },
    to: () => ({ emit: (_name: string, told: { message: string }) => void messages.push(told.message) }),
  } as unknown as LiveNamespace;
  const engine = {
    nowMs: 0,
    feed: { listen: () => () => undefined },
    read: (look: (model: unknown) => unknown) => look({ processes: new Map([[KEY, {}]]) }),
    processView: () => ({ id: KEY }),
  } as unknown as Engine;
  const logs = {
    subscribe: (_worker: string, _process: string, listener: (piece: object) => void) => {
      write = (text) => listener({ stream: 'stdout', slices: [Buffer.from(text)] });
      return () => undefined;
    },
  } as unknown as LogStore;
  const socket = {
    emit: () => undefined,
    join: () => undefined,
    on: (name: string, listener: () => void) => void (name === 'subscribe' && listener()),
  } as unknown as LiveSocket;
  new SeedFeed(namespace, engine, logs).serve(socket);
  return { write: (text) => write(text), messages };
}

test('a line is told when it ends, whatever pieces it came in', () => {
  const { write, messages } = subscribed();
  for (const piece of ['a', 'b\nc', 'd\n\ne']) write(piece);
  expect(messages).toEqual(['ab', 'cd', '']);
});

test('what never ends its line is told in pieces, and not gathered', () => {
  const { write, messages } = subscribed();
  const piece = '.'.repeat(1000);
  for (let written = 0; written < 5 * LINE_CHARS_MAX; written += piece.length) write(piece);
  expect(messages).toHaveLength(4);
  for (const message of messages) expect(message.length).toBeLessThanOrEqual(LINE_CHARS_MAX + piece.length);
});
