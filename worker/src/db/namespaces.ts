/** Namespaces: those that somebody described, and those that are there because they have flows. */
import { and, asc, eq } from 'drizzle-orm';
import { isJsonObject, parseJson, stringifyJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import { assert } from '../result.ts';
import type { Tenant } from '../tenant.ts';
import * as flows from './flows.ts';
import { namespace } from './schema/data/namespace.ts';

/** What was said about a namespace, kept as it was sent. */
export interface NamespaceDocument extends JsonObject {
  id: string;
}

/** Undefined when there is neither a description nor a flow. */
export async function find(tenant: Tenant, id: string): Promise<NamespaceDocument | undefined> {
  const { db, key } = tenant;
  const [row] = await db
    .select({ document: namespace.document })
    .from(namespace)
    .where(and(eq(namespace.tenant, key), eq(namespace.id, id)));
  if (row !== undefined) return read(id, row.document);
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
  const documents = new Map(rows.map(({ id, document }) => [id, read(id, document)]));
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

function read(id: string, text: string): NamespaceDocument {
  const document = parseJson(text);
  assert(isJsonObject(document), 'the document of a namespace is an object');
  return { ...document, id };
}
