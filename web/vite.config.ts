import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

// Whoever builds may have said otherwise, as Jest does: React's own checks would come with the page, and on ten thousand lines
// they take seconds.
process.env['NODE_ENV'] = 'production';

/** The manager serves `dist/web`; relative addresses let it stand behind a path of another server. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react(), countedFavicons()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // Inlined assets would be data: addresses, which a strict content security policy refuses.
    assetsInlineLimit: 0,
    // The polyfill is an inline script for browsers that cannot run this page anyway.
    modulePreload: { polyfill: false },
  },
});

/** The icon with a count of problems on it, as files: views/use-document.ts chooses one. */
function countedFavicons(): Plugin {
  const counts = [...'123456789'].map((count) => [count, count] as const);
  return {
    name: 'counted-favicons',
    generateBundle() {
      const plain = readFileSync(join(import.meta.dirname, 'public/favicon.svg'), 'utf8');
      for (const [name, text] of [...counts, ['many', '9+'] as const])
        this.emitFile({ type: 'asset', fileName: `favicon-${name}.svg`, source: plain.replace('</svg>', badge(text)) });
    },
  };
}

const badge = (text: string): string =>
  `<circle cx="22.5" cy="22.5" r="9.5" fill="#c02a42"/><text x="22.5" y="27" text-anchor="middle" fill="#fff" ` +
  `font-family="sans-serif" font-weight="700" font-size="${text.length > 1 ? 11 : 13}">${text}</text></svg>`;
