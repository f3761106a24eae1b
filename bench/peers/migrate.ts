/** The newest tables in empty databases. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Miniflare } from 'miniflare';

const ROOT = resolve(import.meta.dirname, '../..');
const DATABASES = { DIRECTORY: 'migrations/directory', DATA_0: 'migrations/data' };

export async function migrate(miniflare: Miniflare): Promise<void> {
  for (const [binding, folder] of Object.entries(DATABASES)) {
    const database = await miniflare.getD1Database(binding, 'rondo');
    const files = readdirSync(join(ROOT, folder)).filter((file) => file.endsWith('.sql'));
    for (const file of files.sort()) {
      const statements = readFileSync(join(ROOT, folder, file), 'utf8').split('--> statement-breakpoint');
      await database.batch(statements.filter((text) => text.trim() !== '').map((text) => database.prepare(text)));
    }
  }
}
