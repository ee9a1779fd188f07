/**
 * Jest's global setup: dist/*.js as the sources are now. Each bundle is built only when a source is newer. One that
 * cannot be built is removed and said, so that its tests fail and the others run.
 */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, PROGRAM_NAMES } from '../../scripts/bundle';

const SOURCES = ['protocol', 'src', 'launcher'];

export default async function buildOnce(): Promise<void> {
  const newestMs = newestSourceMs();
  for (const name of PROGRAM_NAMES) {
    const file = `dist/${name}.js`;
    if (existsSync(file) && statSync(file).mtimeMs > newestMs) continue;
    await bundle([name]).catch((error: Error) => {
      rmSync(file, { force: true });
      process.stderr.write(`${file} could not be built: ${error.message}\n`);
    });
  }
}

function newestSourceMs(): number {
  const files = SOURCES.flatMap((room) =>
    readdirSync(room, { recursive: true, encoding: 'utf8' }).map((file) => join(room, file)),
  );
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return Math.max(...sources.map((file) => statSync(file).mtimeMs));
}
