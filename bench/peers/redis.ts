/** Redis with its log on disk, fsynced once a second: what BullMQ's documentation asks for. */
import { join } from 'node:path';
import { freePort } from '../free-port';
import type { Rig } from '../rig';
import { Absent, debianPeer, libraryPath } from './install';

/** @returns its port on loopback */
export async function startRedis(rig: Rig): Promise<number | Absent> {
  const root = await debianPeer('redis-server');
  if (root instanceof Absent) return root;
  const port = await freePort();
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', rig.scratch, '--daemonize', 'no'];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''];
  const server = rig.start([join(root, 'usr', 'bin', 'redis-server'), ...own, ...durable], {
    env: libraryPath(root),
    cwd: rig.scratch,
  });
  await server.line(/Ready to accept connections/);
  return port;
}
