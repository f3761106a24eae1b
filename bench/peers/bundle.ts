/** A Worker as wrangler bundles it for a deployment. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { V4WorkerOptions } from 'miniflare';
import { unstable_getMiniflareWorkerOptions as optionsOf } from 'wrangler';

const ROOT = resolve(import.meta.dirname, '../..');
const CONFIG = join(ROOT, 'wrangler.toml');
const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js');

/** `entry` stands for the product's own main file: it exports the same and may add to it. */
export function productWorker(
  entry: string,
  { minify, bindings }: { minify: boolean; bindings: Record<string, string> },
): V4WorkerOptions {
  const folder = mkdtempSync(join(tmpdir(), 'rondo-bundle-'));
  try {
    bundle(entry, folder, { minify });
    return bundledWorker(folder, bindings);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function bundle(entry: string, folder: string, { minify }: { minify: boolean }): void {
  const args = ['deploy', join(ROOT, entry), '--config', CONFIG, '--dry-run', '--outdir', folder];
  const { status, stderr } = spawnSync(process.execPath, [WRANGLER, ...args, ...(minify ? ['--minify'] : [])], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, WRANGLER_HIDE_BANNER: 'true', WRANGLER_SEND_METRICS: 'false', CI: 'true' },
  });
  if (status !== 0) throw new Error(`the Worker does not build:\n${stderr}`);
}

/** What `bundle` made, with the product's bindings. */
export function bundledWorker(folder: string, bindings: Record<string, string>): V4WorkerOptions {
  const { workerOptions } = optionsOf(CONFIG);
  const { assets: _assets, modulesRules: _rules, rootPath: _root, ...options } = workerOptions;
  return { ...options, name: 'rondo', modules: modulesIn(folder), bindings };
}

/** The entry first. */
function modulesIn(folder: string) {
  const main = readdirSync(folder).find((name) => name.endsWith('.js')) ?? '';
  const others = readdirSync(folder).filter((name) => name.endsWith('.wasm'));
  return [
    { type: 'ESModule' as const, path: main, contents: readFileSync(join(folder, main), 'utf8') },
    ...others.map((path) => ({ type: 'CompiledWasm' as const, path, contents: readFileSync(join(folder, path)) })),
  ];
}
