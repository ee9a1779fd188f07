/**
 * One launcher per data directory, held by the kernel and never by a stale file: on Linux an abstract socket, which
 * vanishes with its process. Its name is a secret of the directory, so that no other user can take it first.
 * Elsewhere the control socket itself is the lock: it is probed by connecting.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

export interface Lock {
  release(): void;
}

/** Null = another launcher holds it. */
export async function takeLock(dataDirectory: string): Promise<Lock | null> {
  if (process.platform !== 'linux') return { release: () => {} };
  const server = createServer((socket) => socket.destroy());
  try {
    await listen(server, `\0procguard-${lockName(dataDirectory)}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return null;
    throw error;
  }
  server.unref();
  return { release: () => server.close() };
}

/** Read where it is: on a full disk nothing can be made, and everything must still be stopped. */
function lockName(directory: string): string {
  const file = join(directory, 'lock');
  if (!existsSync(file)) makeLockName(directory, file);
  return readFileSync(file, 'latin1').trim();
}

/** Made once, whole or not at all, by whichever launcher comes first. */
function makeLockName(directory: string, file: string): void {
  const temporary = join(directory, `.lock.${process.pid}`);
  try {
    writeFileSync(temporary, randomBytes(16).toString('hex'), { mode: 0o600 });
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path }, () => resolve());
  });
