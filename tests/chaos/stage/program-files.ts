/**
 * The programs under test, copied: whoever builds meanwhile does not change them. `next` is the same program under the
 * next version's name, for upgrades; what a real next version may add to the words is tested in next-version.test.ts.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { version } from '../../../package.json';

export interface ProgramFiles {
  readonly now: string;
  readonly next: string;
  remove(): void;
}

/** @param from where the bundles are. The copies stay inside the repository: they look for node_modules upwards. */
export function copyPrograms(from = resolve('dist')): ProgramFiles {
  const place = resolve('.cache/chaos', String(process.pid));
  const now = join(place, 'now');
  const next = join(place, 'next');
  for (const directory of [now, next]) {
    mkdirSync(directory, { recursive: true });
    cpSync(from, directory, { recursive: true, filter: (path) => !path.endsWith('.map') && !path.includes('/web') });
  }
  for (const name of ['launcher.js', 'manager.js']) {
    const text = readFileSync(join(next, name), 'utf8');
    const renamed = text.replaceAll(`"${version}"`, '"9.9.9"');
    if (renamed === text) throw new Error(`${name} does not say its version ${version}: no next version can be made`);
    writeFileSync(join(next, name), renamed);
  }
  return { now, next, remove: () => rmSync(place, { recursive: true, force: true }) };
}
