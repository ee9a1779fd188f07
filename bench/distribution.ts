/** The programs under measure are those that users get: dist/, built again when a source is newer. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle } from '../scripts/bundle';

const ROOT = resolve(__dirname, '..');
const SOURCES = ['protocol', 'src', 'launcher'];

/** dist/<name>.js. */
export const distributed = (name: 'manager' | 'launcher' | 'procguard'): string => join(ROOT, 'dist', `${name}.js`);

export const repositoryPath = (name: string): string => join(ROOT, name);

export async function ensureBuilt(): Promise<void> {
  const builtMs = ['manager', 'launcher', 'procguard'].map((name) => changedMs(distributed(name as 'manager')));
  const newestMs = Math.max(...SOURCES.flatMap((room) => sourcesIn(join(ROOT, room))).map(changedMs));
  if (Math.min(...builtMs) > newestMs) return;
  process.chdir(ROOT);
  await bundle();
}

const changedMs = (path: string): number => (existsSync(path) ? statSync(path).mtimeMs : 0);

const sourcesIn = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(dir, name));
