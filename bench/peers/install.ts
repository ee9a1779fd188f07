/**
 * Peers are installed for the bench alone, under .cache/bench, by the machine's own package tools; nothing of the
 * machine is changed. Where that does not work the peer is skipped, and the report says so.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryPath } from '../distribution';

const run = promisify(execFile);
const INSTALL_TIMEOUT_MS = 120_000;

/** A peer that is not here; `why` is for people. */
export class Absent {
  constructor(readonly why: string) {}
}

/** Peers, once looked for in this run. */
const found = new Map<string, Promise<string | Absent>>();

/**
 * @param packages what to install when it is not `name` alone: a version that this Node can run, what it asks for beside it
 * @returns the folder in which `npm install` put the package's node_modules
 */
export const npmPeer = (name: string, packages: readonly string[] = [name]): Promise<string | Absent> =>
  once(name, async (dir) => {
    if (existsSync(join(dir, 'node_modules', name))) return;
    const flags = ['--prefix', dir, '--no-audit', '--no-fund', '--no-save', '--loglevel', 'error'];
    await run('npm', ['install', ...flags, ...packages], { timeout: INSTALL_TIMEOUT_MS });
  });

/** @returns the folder that stands for `/` in the unpacked Debian package and those it needs that are not here */
export const debianPeer = (name: string): Promise<string | Absent> =>
  once(name, async (dir) => {
    if (existsSync(join(dir, 'usr'))) return;
    const archives = join(dir, 'archives');
    mkdirSync(archives, { recursive: true });
    await run('apt-get', ['download', ...(await missing(name))], { cwd: archives, timeout: INSTALL_TIMEOUT_MS });
    for (const archive of readdirSync(archives)) await run('dpkg-deb', ['-x', join(archives, archive), dir]);
    rmSync(archives, { recursive: true });
  });

/** What apt would bring for it; not what it would only bring up to date. */
async function missing(name: string): Promise<string[]> {
  const { stdout } = await run('apt-get', ['--simulate', '--no-install-recommends', 'install', name]);
  const brought = [...stdout.matchAll(/^Inst (\S+) \(/gm)].map(([, found = '']) => found);
  return [...new Set([name, ...brought])];
}

/** For a program of an unpacked package: where its libraries are. */
export function libraryPath(root: string): NodeJS.ProcessEnv {
  const libraries = join(root, 'usr', 'lib');
  const names = existsSync(libraries) ? readdirSync(libraries).filter((name) => name.includes('-linux-gnu')) : [];
  return { LD_LIBRARY_PATH: names.map((name) => join(libraries, name)).join(':') };
}

function once(name: string, install: (dir: string) => Promise<void>): Promise<string | Absent> {
  const dir = repositoryPath(join('.cache', 'bench', name));
  const known = found.get(name) ?? bring(name, dir, install);
  found.set(name, known);
  return known;
}

async function bring(name: string, dir: string, install: (dir: string) => Promise<void>): Promise<string | Absent> {
  try {
    mkdirSync(dir, { recursive: true });
    await install(dir);
    return dir;
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n').slice(-1);
    return new Absent(`${name} is not compared: it could not be installed (${reason})`);
  }
}
