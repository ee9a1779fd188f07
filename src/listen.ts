/** The manager's server takes its addresses, or says in a sentence why it cannot. */
import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import { createServer, type Server as PortServer, type Socket } from 'node:net';

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** More ports of the same address, where the same is served. */
  readonly alsoListen: readonly number[];
}

/** Rejects with PortInUse, or with another sentence. @returns closes the further ports; the server is the caller's */
export async function listen(server: Server, { host, port, alsoListen }: Listening): Promise<() => void> {
  await taken(server, host, port, '--port or web.port');
  const doors: PortServer[] = [];
  const close = (): void => doors.forEach((door) => void door.close());
  try {
    for (const further of alsoListen) {
      const door = doorTo(server);
      await taken(door, host, further, 'web.also_listen');
      doors.push(door);
    }
  } catch (error) {
    close();
    throw error;
  }
  return close;
}

/** Whoever comes in here is the server's, as if they had come by its own port: its limits, its sockets, its end. */
function doorTo(server: Server): PortServer {
  // As node:http and node:https open their own ports.
  const options = { noDelay: true, allowHalfOpen: !(server instanceof TlsServer) };
  return createServer(options, (socket: Socket) => void server.emit('connection', socket));
}

function taken(server: PortServer, host: string, port: number, key: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') reject(new PortInUse(port, key));
      else if (error.code === 'EACCES')
        reject(new Error(`port ${port} needs rights this user has not; choose one above 1023 with ${key}`));
      else if (error.code === 'EADDRNOTAVAIL')
        reject(new Error(`${host} is no address of this machine; choose another with --host`));
      else reject(error);
    });
    server.listen(port, host, () => resolve());
  });
}

export class PortInUse extends Error {
  constructor(port: number, key: string) {
    super(`port ${port} is in use by another program; stop it or choose another port with ${key}`);
    this.name = 'PortInUse';
  }
}
