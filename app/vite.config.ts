import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from './package.json' with { type: 'json' };

const base = '/app/';

// The service worker must know every file of the shell by its name, and its
// own bytes must change exactly when one of them does: that is what makes a
// browser fetch the new shell whole. Both follow from the bundle alone, so two
// builds of one commit are equal byte for byte.
function shell(): Plugin {
  return {
    name: 'countersign-shell',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const digest = createHash('sha256');
      const files: string[] = [];
      const add = (name: string, bytes: string | Uint8Array): void => {
        files.push(base + name);
        digest.update(name).update('\0').update(bytes).update('\0');
      };
      const names = Object.keys(bundle).sort();
      for (const name of names) {
        const file = bundle[name];
        if (file === undefined || name === 'sw.js') continue;
        // The page itself is answered at the address of the app.
        const shown = name === 'index.html' ? '' : name;
        add(shown, file.type === 'chunk' ? file.code : file.source);
      }
      for (const path of readdirSync('public', { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice('public/'.length))
        .sort()) {
        add(path, readFileSync(join('public', path)));
      }
      const worker = bundle['sw.js'];
      if (worker?.type !== 'chunk') throw new Error('the build has no service worker');
      worker.code = worker.code
        .replace('__SHELL_FILES__', JSON.stringify(files))
        .replace('__SHELL_BUILD__', JSON.stringify(digest.digest('hex').slice(0, 16)));
    },
  };
}

export default defineConfig({
  base,
  define: { __APP_VERSION__: JSON.stringify(manifest.version) },
  plugins: [svelte(), shell()],
  build: {
    target: ['es2022', 'safari16.4', 'chrome111', 'firefox115'],
    // Nothing is inlined as an address of its own bytes: the policy of the page
    // allows scripts and styles from this server's files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: 'index.html', sw: 'src/worker/sw.ts' },
      output: {
        // The worker's name is its address and stays; everything else is named
        // by its bytes and may be kept for ever.
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  server: { host: '127.0.0.1' },
});
