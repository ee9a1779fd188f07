/**
 * The launcher's own door: a unix socket in its data directory, which only its user may enter. For what must work without
 * a manager: looking, and stopping everything.
 */
import { closeSync, openSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { ControlRequest } from './control-words';

const NAME = 'control.sock';
/** A socket's path holds 107 bytes. */
const PATH_MAX = 107;

/** Calls `use` with a path that is short enough, by way of the directory's descriptor where its own is too long. */
async function withShortPath<T>(directory: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = join(directory, NAME);
  if (Buffer.byteLength(path) <= PATH_MAX) return use(path);
  const fd = openSync(directory, 'r');
  try {
    return await use(`/proc/self/fd/${fd}/${NAME}`);
  } finally {
    closeSync(fd);
  }
}

/** Opens the door. The lock is held, so a socket found here is a dead launcher's. */
export function openControl(
  directory: string,
  answer: (request: ControlRequest) => Promise<unknown>,
): Promise<{ close(): void }> {
  return withShortPath(directory, async (path) => {
    rmSync(join(directory, NAME), { force: true });
    const server: Server = createServer((socket) => serve(socket, answer));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ path }, () => resolve());
    });
    return { close: () => server.close() };
  });
}

function serve(socket: Socket, answer: (request: ControlRequest) => Promise<unknown>): void {
  let text = '';
  socket.on('error', () => {});
  socket.on('data', (data) => {
    text += data.toString('utf8');
    const line = text.slice(0, text.indexOf('\n'));
    if (!text.includes('\n') || text.length > 4096) return;
    text = '';
    const request = parse(line);
    if (request === null) return void socket.end(`${JSON.stringify({ error: 'not understood' })}\n`);
    void answer(request).then((reply) => socket.end(`${JSON.stringify(reply)}\n`));
  });
}

function parse(line: string): ControlRequest | null {
  try {
    return ControlRequest.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** Asks the launcher that holds this directory. Null = nobody is there. */
export function askControl(directory: string, request: ControlRequest): Promise<unknown> {
  return withShortPath(
    directory,
    (path) =>
      new Promise((resolve) => {
        let text = '';
        const socket = connect({ path });
        socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
        socket.on('data', (data) => (text += data.toString('utf8')));
        socket.on('error', () => resolve(null));
        socket.on('close', () => resolve(text === '' ? null : JSON.parse(text)));
      }),
  );
}
