/** A workerd of its own through Miniflare's interface: without the proxies of `wrangler dev`, which cost more than what is measured. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import type { V4WorkerOptions } from 'miniflare';
import { childrenOf, usageOf } from './usage.ts';
import type { Usage } from './usage.ts';

export interface Runtime {
  miniflare: Miniflare;
  url: string;
  pid: number;
  usage(): Usage;
  stop(): Promise<void>;
}

export async function startRuntime(worker: V4WorkerOptions, { inspected = false } = {}): Promise<Runtime> {
  process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false';
  const state = mkdtempSync(join(tmpdir(), 'rondo-bench-'));
  const before = new Set(childrenOf(process.pid));
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [worker],
      resourcePersistencePath: state,
      log: new Log(LogLevel.ERROR),
      cf: false,
      unsafeObservability: false,
      ...(inspected && { inspectorPort: 0 }),
    }),
  );
  const url = (await miniflare.ready).origin;
  const pid = childrenOf(process.pid).find((child) => !before.has(child));
  if (pid === undefined) throw new Error('workerd did not start');
  return {
    ...{ miniflare, url, pid },
    usage: () => usageOf(pid),
    stop: async () => {
      await miniflare.dispose();
      rmSync(state, { recursive: true, force: true });
    },
  };
}
