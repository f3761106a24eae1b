/** One life of the server: workerd on the state that the life before it left, until it is killed. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { bundledWorker } from '../peers/bundle.ts';
import { migrate } from '../peers/migrate.ts';

const [folder = '', state = '', port = '0', bindings = '{}'] = process.argv.slice(2);
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false';

const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    workers: [bundledWorker(folder, JSON.parse(bindings) as Record<string, string>)],
    ...{ host: '127.0.0.1', port: Number(port), cf: false, unsafeObservability: false },
    resourcePersistencePath: state,
    log: new Log(LogLevel.WARN),
  }),
);
await miniflare.ready;
const migrated = join(state, 'migrated');
if (!existsSync(migrated)) {
  await migrate(miniflare);
  writeFileSync(migrated, '');
}
// Whoever waits for this life, and not for the one before.
writeFileSync(join(state, 'ready'), String(process.pid));
