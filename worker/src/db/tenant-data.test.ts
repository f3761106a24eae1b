import { getTableName } from 'drizzle-orm';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TENANT_TABLES } from './tenant-data.ts';

test('every table of tenants is erased with its tenant', () => {
  const files = readdirSync(new URL('./schema/data', import.meta.url)).map((file) => file.replace(/\.ts$/, ''));
  const erased = TENANT_TABLES.map((table) => getTableName(table).replaceAll('_', '-'));
  expect(erased.toSorted()).toEqual(files.toSorted());
});
