/** How wrangler is called: always the pinned one, silent towards the network, with its files in the state directory. */
import { join } from 'node:path';
import type { ProcessOptions } from './process.ts';
import { ROOT } from './settings.ts';
import type { StateDirectory } from './state-directory.ts';

const PROGRAM = join(ROOT, 'node_modules/wrangler/bin/wrangler.js');

export function wrangler(args: string[], state: StateDirectory, log: string): [string, string[], ProcessOptions] {
  const env = {
    ...process.env,
    CI: 'true',
    NO_COLOR: '1',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_WRITE_LOGS: 'false',
    WRANGLER_REGISTRY_PATH: join(state.path, 'registry'),
    X_LOCAL_OBSERVABILITY: 'false',
    X_LOCAL_EXPLORER: 'false',
  };
  return [
    process.execPath,
    [PROGRAM, ...args, '--persist-to', state.storage],
    { cwd: ROOT, env, logFile: state.logFile(log) },
  ];
}
