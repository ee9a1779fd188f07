/** `npm run build`: the programs and the dashboard into dist/, side by side. `dist/.built` is the moment it was whole. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { build as buildWeb } from 'vite';
import { bundle } from './bundle';

const STAMP = 'dist/.built';
// vite.config.ts is loaded by the bundling loader, which stays; the advice about the other one is noise.
process.env['VITE_CONFIG_NATIVE_IGNORE_WARNING'] = 'true';

async function build(): Promise<void> {
  const startedAt = performance.now();
  await mkdir('dist', { recursive: true });
  // Without its stamp a build that breaks off halfway is not taken for a whole one.
  await rm(STAMP, { force: true });
  const readAt = new Date();
  await Promise.all([bundle(), buildWeb({ configFile: 'web/vite.config.ts', logLevel: 'warn' })]);
  await writeFile(STAMP, `${readAt.toISOString()}\n`);
  process.stdout.write(`built dist/ in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
}

void build().catch((error: unknown) => {
  process.stderr.write(`build failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
