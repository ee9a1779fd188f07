/** The bench's own small programs (bench/programs), each made one plain file so that Node starts it as fast as ours. */
import { buildSync } from 'esbuild';
import { join } from 'node:path';
import type { Rig } from './rig';

/** @returns the path of a script for `node` */
export function bundledProgram(rig: Rig, name: string): string {
  const outfile = rig.path(`${name}.js`);
  buildSync({
    entryPoints: [join(__dirname, 'programs', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    // Optional native parts of ws, and the ledger's.
    external: ['bufferutil', 'utf-8-validate', '@photostructure/sqlite'],
  });
  return outfile;
}
