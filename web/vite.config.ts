import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

/** Where `vite dev` finds the API; the built pages are served by the same Worker and need no proxy. */
const api = process.env.RONDO_API ?? 'http://127.0.0.1:8787';

export default defineConfig({
  plugins: [
    tailwindcss(),
    sveltekit({
      adapter: adapter({ pages: 'build', assets: 'build', fallback: 'index.html' }),
      compilerOptions: { runes: true },
    }),
  ],
  // These browsers know `light-dark()`, on which both themes rest.
  build: { cssTarget: ['chrome123', 'firefox121', 'safari17.5'] },
  worker: { format: 'es' },
  server: {
    proxy: { '/api': { target: api, ws: true } },
    fs: { allow: ['..'] },
  },
});
