/**
 * PostgreSQL, the machine's own or Debian's unpacked, with a cluster of the measure's own. Durability is its default: an
 * answered commit is on disk.
 */
import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../free-port';
import type { Rig } from '../rig';
import { Absent, debianPeer, libraryPath } from './install';

/** Its defaults are for a machine of twenty years ago. */
const SETTINGS = ['shared_buffers=256MB', 'max_wal_size=4GB', 'jit=off'];
/** nobody:nogroup on Debian. PostgreSQL refuses to run as root. */
const NOBODY = 65534;

/** @returns a connection string */
export async function startPostgres(rig: Rig): Promise<string | Absent> {
  const installed = await programs();
  if (installed instanceof Absent) return installed;
  const { bin, env } = installed;
  // Not in the scratch directory: who PostgreSQL runs as could not get through that one.
  const dir = mkdtempSync(join(tmpdir(), 'procguard-bench-postgres-'));
  rig.atEnd(() => rmSync(dir, { recursive: true, force: true }));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(dir, NOBODY, NOBODY);
  const as = isRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'] : [];
  const command = (name: string, ...words: string[]): [string, ...string[]] => {
    const [file = '', ...rest] = [...as, join(bin, name), ...words];
    return [file, ...rest];
  };
  const cluster = join(dir, 'cluster');
  const [initdb, ...words] = command(
    'initdb',
    '-D',
    cluster,
    '-U',
    'bench',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--no-locale',
  );
  await promisify(execFile)(initdb, words, { cwd: dir, env: { ...process.env, ...env } });
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', ...SETTINGS].flatMap((one) => ['-c', one]);
  const server = rig.start(command('postgres', '-D', cluster, '-p', String(port), '-k', dir, ...settings), {
    env,
    cwd: dir,
  });
  await server.line(/database system is ready to accept connections/);
  return `postgres://bench@127.0.0.1:${port}/postgres`;
}

async function programs(): Promise<{ readonly bin: string; readonly env: NodeJS.ProcessEnv } | Absent> {
  const here = newestUnder('/');
  if (here !== null) return { bin: here, env: {} };
  const root = await debianPeer('postgresql');
  if (root instanceof Absent) return root;
  const unpacked = newestUnder(root);
  return unpacked === null
    ? new Absent('PostgreSQL is not compared: its packages hold no server')
    : { bin: unpacked, env: libraryPath(root) };
}

function newestUnder(root: string): string | null {
  const dir = join(root, 'usr', 'lib', 'postgresql');
  const versions = existsSync(dir) ? readdirSync(dir).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(dir, version, 'bin')).find((bin) => existsSync(join(bin, 'postgres')));
  return found ?? null;
}
