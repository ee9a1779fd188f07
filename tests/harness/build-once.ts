/** Jest's global setup: dist/*.js as the sources are now. Built only when a source is newer than the bundle. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../../scripts/bundle';

const SOURCES = ['protocol', 'src', 'launcher'];
const BUNDLES = ['dist/launcher.js', 'dist/manager.js', 'dist/procguard.js'];

export default async function buildOnce(): Promise<void> {
  if (newestSourceMs() > oldestBundleMs()) await bundle();
}

function oldestBundleMs(): number {
  return Math.min(...BUNDLES.map((file) => (existsSync(file) ? statSync(file).mtimeMs : 0)));
}

function newestSourceMs(): number {
  const files = SOURCES.flatMap((room) =>
    readdirSync(room, { recursive: true, encoding: 'utf8' }).map((file) => join(room, file)),
  );
  return Math.max(...files.filter((file) => file.endsWith('.ts')).map((file) => statSync(file).mtimeMs));
}
