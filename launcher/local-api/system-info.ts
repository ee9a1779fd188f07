/** `GET system/info`, in seed 003's fields. Bytes and seconds. */
import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, hostname, release, totalmem, type, uptime } from 'node:os';

/** @param path a directory on the disk that is told */
export async function systemInfo(path: string): Promise<Record<string, unknown>> {
  const { blocks, bavail, bsize } = await statfs(path);
  return {
    hostname: hostname(),
    os: type().toLowerCase(),
    kernel: release(),
    cpu_cores: availableParallelism(),
    memory_total: totalmem(),
    memory_free: freemem(),
    disk_total: blocks * bsize,
    disk_free: bavail * bsize,
    uptime: Math.floor(uptime()),
  };
}
