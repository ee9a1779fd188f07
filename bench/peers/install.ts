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

/** @returns the folder in which `npm install` put the package's node_modules */
export const npmPeer = (name: string): Promise<string | Absent> =>
  once(name, async (dir) => {
    if (existsSync(join(dir, 'node_modules', name))) return;
    const flags = ['--prefix', dir, '--no-audit', '--no-fund', '--no-save', '--loglevel', 'error'];
    await run('npm', ['install', ...flags, name], { timeout: INSTALL_TIMEOUT_MS });
  });

/** @returns the folder that stands for `/` in the unpacked Debian package */
export const debianPeer = (name: string): Promise<string | Absent> =>
  once(name, async (dir) => {
    if (existsSync(join(dir, 'usr'))) return;
    await run('apt-get', ['download', name], { cwd: dir, timeout: INSTALL_TIMEOUT_MS });
    const archive = readdirSync(dir).find((file) => file.endsWith('.deb'));
    if (archive === undefined) throw new Error(`apt-get brought no package ${name}`);
    await run('dpkg-deb', ['-x', archive, '.'], { cwd: dir });
    rmSync(join(dir, archive));
  });

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
