/** The documents of namespaces as rows, for queries that need them beside other things. */
import { and, eq, inArray, sql } from 'drizzle-orm';
import { isJsonObject, parseJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import { assert } from '../result.ts';
import type { DataDb } from '../tenant.ts';
import { namespace } from './schema/data/namespace.ts';

/** What was said about a namespace, kept as it was sent. */
export interface NamespaceDocument extends JsonObject {
  id: string;
}

/** Those of these namespaces that somebody described, children before their parents. */
export function selectDocuments(db: DataDb, tenant: number, ids: readonly string[]) {
  return db
    .select({ id: namespace.id, text: namespace.document })
    .from(namespace)
    .where(and(eq(namespace.tenant, tenant), inArray(namespace.id, [...ids])))
    .orderBy(sql`length(${namespace.id}) desc`);
}

export function readDocuments(rows: { id: string; text: string }[]): { id: string; document: NamespaceDocument }[] {
  return rows.map(({ id, text }) => ({ id, document: readDocument(id, text) }));
}

export function readDocument(id: string, text: string): NamespaceDocument {
  const document = parseJson(text);
  assert(isJsonObject(document), 'the document of a namespace is an object');
  return { ...document, id };
}
