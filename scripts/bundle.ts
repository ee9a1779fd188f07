/** The programs, and the manager's search thread, each as one file that Node runs without a loader. */
import { build, type Plugin } from 'esbuild';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** zod brings its messages in forty languages; one is spoken here. 3 MB of a launcher's 60. */
const oneLanguage: Plugin = {
  name: 'one-language',
  setup(build) {
    build.onLoad({ filter: /zod\/v4\/locales\/index\.c?js$/ }, ({ path }) => ({
      contents: `export { default as en } from './en.js';`,
      resolveDir: dirname(path),
    }));
  },
};

const PROGRAMS: Readonly<Record<string, string>> = {
  launcher: 'launcher/main.ts',
  'container-run': 'launcher/container/main.ts',
  manager: 'src/main.ts',
  procguard: 'src/cli/main.ts',
  client: 'src/client/client.ts',
  'log-search': 'src/stores/logs/search/search-thread.ts',
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

/**
 * What dockerode brings for engines behind SSH, for BuildKit's sessions and for the making of images: none of it is used, and
 * it is four fifths of the program and its time to start.
 */
const engineOnly: Plugin = {
  name: 'engine-only',
  setup(build) {
    build.onResolve({ filter: /^(?:ssh2|@grpc\/.*|tar-fs|protobufjs)$/ }, ({ path }) => ({
      path,
      namespace: 'left-out',
    }));
    build.onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

export const PROGRAM_NAMES: readonly string[] = Object.keys(PROGRAMS);

/**
 * dist/<name>.js for every program whose entry is there. Run from the repository root.
 * @param names default: all of them
 */
export async function bundle(names: readonly string[] = PROGRAM_NAMES): Promise<void> {
  const entries = Object.entries(PROGRAMS).filter(([name, file]) => names.includes(name) && existsSync(file));
  const later = names.includes('procguard') ? Object.values(LOADED_LATER) : [];
  const { outputFiles } = await build({
    write: false,
    entryPoints: [
      ...entries.map(([out, file]) => ({ in: file, out })),
      ...later.map(({ file, out }) => ({ in: file, out })),
    ],
    plugins: [loadLater, oneLanguage, engineOnly],
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: true,
    // Whole names in stack traces, but no blanks and comments to hold in memory: 2 MB of a launcher's 60.
    minifyWhitespace: true,
    minifySyntax: true,
    // Native modules stay in node_modules.
    external: ['@photostructure/sqlite', 'zeromq'],
    logLevel: 'warning',
  });
  mkdirSync('dist', { recursive: true });
  // Whole or not at all: a program that starts while this builds finds the old file or the new one.
  for (const { path, contents } of outputFiles) {
    writeFileSync(`${path}.writing`, contents);
    renameSync(`${path}.writing`, path);
  }
}
