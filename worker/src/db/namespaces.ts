/** Namespaces: those that somebody described, and those that are there because they have flows. */
import { and, asc, eq, sql } from 'drizzle-orm';
import { AppError } from '../errors.ts';
import type { PluginDefault } from '../flow/flow.ts';
import { settingsOf } from '../flow/namespace-settings.ts';
import type { NamespaceSettings } from '../flow/namespace-settings.ts';
import { isJsonObject, stringifyJson } from '../protocol/json.ts';
import { withParents } from '../protocol/namespace-tree.ts';
import type { Tenant } from '../tenant.ts';
import * as flows from './flows.ts';
import { readDocument, readDocuments, selectDocuments } from './namespace-documents.ts';
import type { NamespaceDocument } from './namespace-documents.ts';
import { namespace } from './schema/data/namespace.ts';

/** Undefined when there is neither a description nor a flow. */
export async function find(tenant: Tenant, id: string): Promise<NamespaceDocument | undefined> {
  const { db, key } = tenant;
  const [row] = await db
    .select({ document: namespace.document })
    .from(namespace)
    .where(and(eq(namespace.tenant, key), eq(namespace.id, id)));
  if (row !== undefined) return readDocument(id, row.document);
  const withFlows = await flows.listIn(tenant, { namespace: id, includesChildren: true });
  return withFlows.length > 0 ? { id } : undefined;
}

export async function exists({ db, key }: Tenant, id: string): Promise<boolean> {
  const rows = await db
    .select({ id: namespace.id })
    .from(namespace)
    .where(and(eq(namespace.tenant, key), eq(namespace.id, id)));
  return rows.length > 0;
}

/** All of them in order; with `described`, only those that somebody described. */
export async function list(tenant: Tenant, options: { described: boolean }): Promise<NamespaceDocument[]> {
  const { db, key } = tenant;
  const rows = await db
    .select({ id: namespace.id, document: namespace.document })
    .from(namespace)
    .where(eq(namespace.tenant, key))
    .orderBy(asc(namespace.id));
  const documents = new Map(rows.map(({ id, document }) => [id, readDocument(id, document)]));
  if (!options.described) {
    for (const id of await flows.namespaces(tenant)) if (!documents.has(id)) documents.set(id, { id });
  }
  return [...documents.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

export async function put({ db, key }: Tenant, document: NamespaceDocument, now: number): Promise<void> {
  const text = stringifyJson(document);
  await db
    .insert(namespace)
    .values({ tenant: key, id: document.id, document: text, createdAt: now, updatedAt: now })
    .onConflictDoUpdate({ target: [namespace.tenant, namespace.id], set: { document: text, updatedAt: now } });
}

/** False when nobody has described it. */
export async function remove({ db, key }: Tenant, id: string): Promise<boolean> {
  const removed = await db
    .delete(namespace)
    .where(and(eq(namespace.tenant, key), eq(namespace.id, id)))
    .returning({ id: namespace.id });
  return removed.length > 0;
}

/** What the namespaces say to flows in them, the nearest first. */
export async function settings({ db, key }: Tenant, ids: readonly string[]): Promise<NamespaceSettings> {
  const rows = ids.length === 0 ? [] : await selectDocuments(db, key, ids);
  return settingsOf(readDocuments(rows).map(({ document }) => document));
}

/** The plugin defaults of every namespace; undefined when there are none at all, which is the rule. */
export async function pluginDefaults({
  db,
  key,
}: Tenant): Promise<((namespace: string) => readonly PluginDefault[]) | undefined> {
  const rows = await db
    .select({ id: namespace.id, text: namespace.document })
    .from(namespace)
    .where(and(eq(namespace.tenant, key), sql`json_array_length(${namespace.document}, '$.pluginDefaults') > 0`));
  if (rows.length === 0) return undefined;
  const documents = new Map(readDocuments(rows).map(({ id, document }) => [id, document]));
  return (id) => settingsOf(withParents(id).flatMap((one) => documents.get(one) ?? [])).pluginDefaults;
}

/** Whether flows of one namespace may use what another one has. A namespace that names those it allows is closed to the
 *  others, but never to those below it, nor to those below an allowed one. */
export async function admits({ db, key }: Tenant, target: string, from: string): Promise<boolean> {
  const around = withParents(from);
  if (around.includes(target)) return true;
  const [row] = readDocuments(await selectDocuments(db, key, [target]));
  const list = row?.document.allowedNamespaces;
  if (!Array.isArray(list) || list.length === 0) return true;
  return list.some((entry) => isJsonObject(entry) && around.includes(String(entry.namespace)));
}

/** Throws when the one namespace is closed to flows of the other. */
export async function refuseClosed(tenant: Tenant, target: string, from: string): Promise<void> {
  if (await admits(tenant, target, from)) return;
  throw new AppError(
    'forbidden',
    `The namespace '${target}' is not open to '${from}': its allowedNamespaces name only others.`,
  );
}
