import { getTableName } from 'drizzle-orm';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TENANT_TABLES } from './tenant-data.ts';

test('every table of tenants is erased with its tenant', () => {
  const files = readdirSync(join(import.meta.dirname, 'schema/data')).map((file) => file.replace(/\.ts$/, ''));
  const erased = TENANT_TABLES.map((table) => getTableName(table).replaceAll('_', '-'));
  expect(erased.toSorted()).toEqual(files.toSorted());
});
