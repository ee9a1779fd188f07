/**
 * The programs under measure are those that users get: dist/, built again when a source is newer. A copy of it is run,
 * so that a build in the middle of the bench changes nothing.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle } from '../scripts/bundle';

const ROOT = resolve(__dirname, '..');
const SOURCES = ['protocol', 'src', 'launcher'];
const PROGRAMS = ['manager', 'launcher', 'procguard'];
const DIST = join(ROOT, 'dist');
/** Inside the repository: what is not bundled is found in its node_modules. */
const COPY = join(ROOT, '.cache', 'bench', 'dist');

/** The `procguard` command, which is also the manager and the launcher. */
export const PROCGUARD = join(COPY, 'procguard.js');

export const repositoryPath = (name: string): string => join(ROOT, name);

export async function ensureBuilt(): Promise<void> {
  const builtMs = Math.min(...PROGRAMS.map((name) => changedMs(join(DIST, `${name}.js`))));
  const newestMs = Math.max(...SOURCES.flatMap((room) => sourcesIn(join(ROOT, room))).map(changedMs));
  if (builtMs <= newestMs) {
    process.chdir(ROOT);
    await bundle();
  }
  mkdirSync(COPY, { recursive: true });
  for (const name of readdirSync(DIST))
    if (/\.js(\.map)?$/.test(name)) copyFileSync(join(DIST, name), join(COPY, name));
}

const changedMs = (path: string): number => (existsSync(path) ? statSync(path).mtimeMs : 0);

const sourcesIn = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(dir, name));
