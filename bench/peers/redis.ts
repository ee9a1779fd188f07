/** Redis with its log on disk. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../free-port';
import type { Rig } from '../rig';
import { Absent, debianPeer, libraryPath } from './install';

/** `everysec`: what BullMQ's documentation asks for. `always`: no answer before an fsync. */
export type RedisFsync = 'everysec' | 'always';

/** @returns its port on loopback */
export async function startRedis(rig: Rig, fsync: RedisFsync): Promise<number | Absent> {
  const root = await debianPeer('redis-server');
  if (root instanceof Absent) return root;
  const port = await freePort();
  const dir = rig.path(`redis-${fsync}`);
  mkdirSync(dir);
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--daemonize', 'no'];
  const durable = ['--appendonly', 'yes', '--appendfsync', fsync, '--save', ''];
  const server = rig.start([join(root, 'usr', 'bin', 'redis-server'), ...own, ...durable], {
    env: libraryPath(root),
    cwd: rig.scratch,
  });
  await server.line(/Ready to accept connections/);
  return port;
}
