/** The three programs, each as one file that Node runs without a loader. */
import { build } from 'esbuild';
import { existsSync } from 'node:fs';

const PROGRAMS: Readonly<Record<string, string>> = {
  launcher: 'launcher/main.ts',
  manager: 'src/main.ts',
  procguard: 'src/cli/main.ts',
};

/** dist/<name>.js for every program whose entry is there. Run from the repository root. */
export async function bundle(): Promise<void> {
  const entries = Object.entries(PROGRAMS).filter(([, file]) => existsSync(file));
  await build({
    entryPoints: entries.map(([out, file]) => ({ in: file, out })),
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: true,
    // A native module stays in node_modules.
    external: ['@photostructure/sqlite'],
    logLevel: 'warning',
  });
}
