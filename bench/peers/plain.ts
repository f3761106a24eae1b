/** Peers that are a file of their own: the platform's floor, and Cloudflare Workflows. */
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { V4WorkerOptions } from 'miniflare';
import { post } from './http.ts';
import type { Job, Peer } from './peer.ts';
import { startRuntime } from './runtime.ts';

export function startFloor(): Promise<Peer> {
  return startPlain('floor', { durableObjects: { FLOOR: { className: 'FloorObject', useSQLite: true } } });
}

export function startWorkflows(): Promise<Peer> {
  return startPlain('workflows', { workflows: { JOBS: { name: 'jobs', className: 'JobWorkflow' } } });
}

async function startPlain(
  name: string,
  bindings: Pick<V4WorkerOptions, 'durableObjects' | 'workflows'>,
): Promise<Peer> {
  const { outputFiles } = buildSync({
    entryPoints: [join(import.meta.dirname, `../workers/${name}.ts`)],
    ...{ bundle: true, format: 'esm', target: 'es2024', external: ['cloudflare:*'], write: false },
  });
  const contents = outputFiles[0]?.text ?? '';
  const runtime = await startRuntime({
    ...{ name, compatibilityDate: '2026-08-01', compatibilityFlags: ['nodejs_compat'] },
    modules: [{ type: 'ESModule', path: 'index.js', contents }],
    ...bindings,
  });
  return {
    name,
    prepare: () => Promise.resolve(),
    run: async ({ tasks, shape }: Job) => void (await post(`${runtime.url}/?tasks=${tasks}&shape=${shape}`)),
    usage: runtime.usage,
    stop: runtime.stop,
  };
}
