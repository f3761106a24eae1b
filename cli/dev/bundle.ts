/** The two programs that people take away, each bundled into one file that runs on any Node from 22 without an install. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './settings.ts';

export const bundleCli = (outfile = join(ROOT, 'dist/rondo.mjs')) => bundle('cli/src/main.ts', outfile);
export const bundleRunner = (outfile = join(ROOT, 'dist/rondo-runner.mjs')) => bundle('runners/src/main.ts', outfile);

/** The server gives the runner away itself, so that one line on a machine is enough. */
export const RUNNER_ASSET = join(ROOT, 'web/build/rondo-runner.mjs');

async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(ROOT, entry)],
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
}
