/** Bundles the command line into one file that runs on any Node from 22. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './settings.ts';

const outfile = join(ROOT, 'dist/rondo.mjs');

await build({
  entryPoints: [join(ROOT, 'cli/src/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  legalComments: 'linked',
  // Some packages are CommonJS inside and ask for Node's own modules by `require`.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'warning',
});
chmodSync(outfile, 0o755);
