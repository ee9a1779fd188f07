/** The three programs, each as one file that Node runs without a loader. */
import { build, type Plugin } from 'esbuild';
import { existsSync } from 'node:fs';

const PROGRAMS: Readonly<Record<string, string>> = {
  launcher: 'launcher/main.ts',
  manager: 'src/main.ts',
  procguard: 'src/cli/main.ts',
};

/**
 * What the command line loads only when it is asked for, by `import()`: files of their own, because reading a megabyte
 * that is not needed takes a third of the time that `procguard ls` has.
 */
const LOADED_LATER: Readonly<Record<string, { readonly file: string; readonly out: string }>> = {
  '../../config/commands': { file: 'src/config/commands.ts', out: 'procguard-config' },
  'socket.io-client': { file: 'socket.io-client', out: 'procguard-live' },
};
const loadLater: Plugin = {
  name: 'load-later',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ kind, path }) => {
      const later = kind === 'dynamic-import' ? LOADED_LATER[path] : undefined;
      return later && { path: `./${later.out}.js`, external: true };
    });
  },
};

/** dist/<name>.js for every program whose entry is there. Run from the repository root. */
export async function bundle(): Promise<void> {
  const entries = Object.entries(PROGRAMS).filter(([, file]) => existsSync(file));
  await build({
    entryPoints: [
      ...entries.map(([out, file]) => ({ in: file, out })),
      ...Object.values(LOADED_LATER).map(({ file, out }) => ({ in: file, out })),
    ],
    plugins: [loadLater],
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
