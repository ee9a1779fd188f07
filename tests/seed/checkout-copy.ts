/** A copy of this checkout as a user would have it, with nothing of its own yet under data/ and logs/. */
import { cpSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { World } from '../harness/world';

const ROOT = realpathSync(join(__dirname, '../..'));
/** Made by programs, or not needed by them. */
const LEFT_OUT = new Set(['.git', '.cache', 'node_modules', 'data', 'logs', 'coverage', 'tests', 'bench']);

/** Removed after the test. */
export function checkoutCopy(world: World): string {
  const copy = realpathSync(world.directory());
  cpSync(ROOT, copy, {
    recursive: true,
    filter: (path) => !LEFT_OUT.has(relative(ROOT, path).split(sep)[0] ?? ''),
  });
  // Link by link, so that whoever empties this directory empties this one.
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (!name.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', name), join(copy, 'node_modules', name));
  // By which the scripts know that they were installed.
  cpSync(join(ROOT, 'package-lock.json'), join(copy, 'node_modules/.package-lock.json'));
  mkdirSync(join(copy, 'logs'));
  // Newer than every source here: what was built for the tests is taken as it is.
  writeFileSync(join(copy, 'dist/.built'), '');
  return copy;
}
