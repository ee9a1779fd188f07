/** The manager's server takes its address, or says in a sentence why it cannot. */
import type { Server } from 'node:http';

/** Rejects with PortInUse, or with another sentence. */
export function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') reject(new PortInUse(port));
      else if (error.code === 'EACCES')
        reject(new Error(`port ${port} needs rights this user has not; choose one above 1023 with --port`));
      else if (error.code === 'EADDRNOTAVAIL')
        reject(new Error(`${host} is no address of this machine; choose another with --host`));
      else reject(error);
    });
    server.listen(port, host, () => resolve());
  });
}

export class PortInUse extends Error {
  constructor(port: number) {
    super(`port ${port} is in use by another program; stop it or choose another port with --port or web.port`);
    this.name = 'PortInUse';
  }
}
