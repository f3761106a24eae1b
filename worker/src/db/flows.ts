/** Flows and their revisions. Sources are opaque here: what they mean is for `flow/` to say. */
import { and, asc, eq, inArray, lt, max, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { AppError } from '../errors.ts';
import type { Label } from '../flow/flow.ts';
import { settingsOf } from '../flow/namespace-settings.ts';
import type { NamespaceSettings } from '../flow/namespace-settings.ts';
import { TOTAL_COUNTED_MAX } from '../limits.ts';
import type { Filter } from '../protocol/filters.ts';
import { withParents } from '../protocol/namespace-tree.ts';
import type { Page } from '../protocol/paging.ts';
import type { Tenant } from '../tenant.ts';
import {
  containsText,
  filterSql,
  inNamespace,
  labelsField,
  namespaceField,
  orderBy,
  scopeField,
  searchField,
  textField,
} from './filter-sql.ts';
import type { SqlFields } from './filter-sql.ts';
import { readDocuments, selectDocuments } from './namespace-documents.ts';
import { flowRevision } from './schema/data/flow-revision.ts';
import { flow } from './schema/data/flow.ts';

export interface FlowRef {
  namespace: string;
  id: string;
}

/** A revision as it is stored. */
export interface StoredFlow extends FlowRef {
  revision: number;
  source: string;
  deleted: boolean;
  /** Of the flow, not of the revision: whether it may be started now. */
  disabled: boolean;
  updatedAt: number;
  /** What its namespace says now; of flows that were looked up one by one. */
  settings?: NamespaceSettings;
}

/** The next revision of a flow; `previous` is the one it follows, 0 for the first. */
export interface FlowChange extends FlowRef {
  previous: number;
  source: string;
  deleted: boolean;
  disabled: boolean;
  description?: string;
  labels: Label[];
}

const columns = {
  namespace: flow.namespace,
  id: flow.id,
  revision: flowRevision.revision,
  source: flowRevision.source,
  deleted: flowRevision.deleted,
  disabled: flow.disabled,
  updatedAt: flowRevision.createdAt,
};

const isRevisionOfFlow = and(
  eq(flowRevision.tenant, flow.tenant),
  eq(flowRevision.namespace, flow.namespace),
  eq(flowRevision.flowId, flow.id),
);
const isLatest = and(isRevisionOfFlow, eq(flowRevision.revision, flow.revision));

/** The newest revision, also of a deleted flow; or the one that is named. */
export async function find(
  { db, key }: Tenant,
  { namespace, id }: FlowRef,
  revision?: number,
): Promise<StoredFlow | undefined> {
  const [[row], documents] = await db.batch([
    db
      .select(columns)
      .from(flow)
      .innerJoin(
        flowRevision,
        revision === undefined ? isLatest : and(isRevisionOfFlow, eq(flowRevision.revision, revision)),
      )
      .where(and(eq(flow.tenant, key), eq(flow.namespace, namespace), eq(flow.id, id))),
    selectDocuments(db, key, withParents(namespace)),
  ]);
  return row && { ...row, settings: settingsOf(readDocuments(documents).map(({ document }) => document)) };
}

/** The newest revisions of these flows, deleted ones included; those that never were are left out. */
export function findAll({ db, key }: Tenant, refs: readonly FlowRef[]): Promise<StoredFlow[]> {
  return db
    .select(columns)
    .from(flow)
    .innerJoin(flowRevision, isLatest)
    .where(and(eq(flow.tenant, key), isOneOf(refs)));
}

/** One value binds them all: D1 allows a hundred in a statement. */
function isOneOf(refs: readonly FlowRef[]): SQL {
  const list = JSON.stringify(refs.map(({ namespace, id }) => [namespace, id]));
  return sql`(${flow.namespace}, ${flow.id}) in (select json_extract(value, '$[0]'), json_extract(value, '$[1]') from json_each(${list}))`;
}

export interface FlowsIn {
  namespace: string;
  includesChildren: boolean;
}

/** The flows that are in a namespace now. */
export function listIn({ db, key }: Tenant, { namespace, includesChildren }: FlowsIn): Promise<StoredFlow[]> {
  const isInside = includesChildren ? inNamespace(flow.namespace, namespace) : eq(flow.namespace, namespace);
  return db
    .select(columns)
    .from(flow)
    .innerJoin(flowRevision, isLatest)
    .where(and(eq(flow.tenant, key), eq(flow.deleted, false), isInside))
    .orderBy(asc(flow.namespace), asc(flow.id));
}

/** What flows can be searched by. */
export const flowFields: SqlFields = {
  q: searchField(flow.namespace, flow.id),
  scope: scopeField(flow.namespace),
  namespace: namespaceField(flow.namespace),
  flowId: textField(flow.id),
  labels: labelsField(flow.labels),
};

const sortable = {
  id: flow.id,
  namespace: flow.namespace,
  description: flow.description,
  updated: flow.updatedAt,
  revision: flow.revision,
  disabled: flow.disabled,
};
const FLOW_KEY = [flow.namespace, flow.id];

export async function search(
  tenant: Tenant,
  filter: Filter,
  page: Page,
): Promise<{ flows: StoredFlow[]; counted: number }> {
  return selectPage(tenant, filterSql(filter, flowFields), page);
}

/** Flows whose source has this text, in any case. */
export function searchSources(
  tenant: Tenant,
  { text, namespace }: { text: string; namespace?: string },
  page: Page,
): Promise<{ flows: StoredFlow[]; counted: number }> {
  const isInside = namespace === undefined ? undefined : inNamespace(flow.namespace, namespace);
  return selectPage(tenant, and(isInside, containsText(flowRevision.source, text)), page);
}

async function selectPage({ db, key }: Tenant, filter: SQL | undefined, { offset, size, sort }: Page) {
  const where = and(eq(flow.tenant, key), eq(flow.deleted, false), filter);
  const [flows, [count]] = await db.batch([
    db
      .select(columns)
      .from(flow)
      .innerJoin(flowRevision, isLatest)
      .where(where)
      .orderBy(...orderBy(sort, sortable, FLOW_KEY))
      .limit(size)
      .offset(offset),
    db.select({ counted: sql<number>`count(*)` }).from(
      db
        .select({ one: sql`1`.as('one') })
        .from(flow)
        .innerJoin(flowRevision, isLatest)
        .where(where)
        .limit(TOTAL_COUNTED_MAX + 1)
        .as('found'),
    ),
  ]);
  return { flows, counted: count?.counted ?? 0 };
}

/** Oldest first. */
export function revisions(
  { db, key }: Tenant,
  { namespace, id }: FlowRef,
  options: { deleted: boolean },
): Promise<StoredFlow[]> {
  return db
    .select(columns)
    .from(flow)
    .innerJoin(flowRevision, isRevisionOfFlow)
    .where(
      and(
        eq(flow.tenant, key),
        eq(flow.namespace, namespace),
        eq(flow.id, id),
        options.deleted ? undefined : eq(flowRevision.deleted, false),
      ),
    )
    .orderBy(asc(flowRevision.revision));
}

/** Removes revisions for good; the newest one stays whatever is asked. Answers how many are gone. */
export async function removeRevisions(
  { db, key }: Tenant,
  { namespace, id }: FlowRef,
  numbers: number[],
): Promise<number> {
  const newest = db
    .select({ revision: max(flowRevision.revision) })
    .from(flowRevision)
    .where(and(eq(flowRevision.tenant, key), eq(flowRevision.namespace, namespace), eq(flowRevision.flowId, id)));
  const removed = await db
    .delete(flowRevision)
    .where(
      and(
        eq(flowRevision.tenant, key),
        eq(flowRevision.namespace, namespace),
        eq(flowRevision.flowId, id),
        inArray(flowRevision.revision, numbers),
        lt(flowRevision.revision, newest),
      ),
    )
    .returning({ revision: flowRevision.revision });
  return removed.length;
}

/** Namespaces with flows, in order. */
export async function namespaces({ db, key }: Tenant, text = ''): Promise<string[]> {
  const rows = await db
    .selectDistinct({ namespace: flow.namespace })
    .from(flow)
    .where(
      and(eq(flow.tenant, key), eq(flow.deleted, false), text === '' ? undefined : containsText(flow.namespace, text)),
    )
    .orderBy(asc(flow.namespace));
  return rows.map(({ namespace }) => namespace);
}

/** Enables or disables flows without touching their sources. Answers those that were changed. */
export async function setDisabled(
  { db, key }: Tenant,
  refs: readonly FlowRef[],
  disabled: boolean,
): Promise<FlowRef[]> {
  return db
    .update(flow)
    .set({ disabled })
    .where(and(eq(flow.tenant, key), eq(flow.deleted, false), isOneOf(refs)))
    .returning({ namespace: flow.namespace, id: flow.id });
}

/** Characters of JSON in one bound value; D1 takes 2 MB. */
const CHARS_AT_ONCE_MAX = 500_000;

/** Writes the next revision of each flow: all of them or none. A flow that somebody else has changed since it was read
 *  makes this a conflict, because its next number is taken. */
export async function write({ db, key }: Tenant, changes: readonly FlowChange[], now: number): Promise<void> {
  const statements = inParts(changes).flatMap((part) => {
    const rows = sql`from json_each(${JSON.stringify(part)}) where true`;
    return [
      // Columns in the order of the tables.
      db.insert(flowRevision)
        .select(sql`select null, ${key}, ${member('namespace')}, ${member('id')}, ${member('previous')} + 1,
        ${member('source')}, ${member('deleted')}, ${now} ${rows}`),
      db
        .insert(flow)
        .select(
          sql`select ${key}, ${member('namespace')}, ${member('id')}, ${member('previous')} + 1, ${member('disabled')},
            ${member('deleted')}, ${member('description')}, ${member('labels')}, ${now} ${rows}`,
        )
        .onConflictDoUpdate({
          target: [flow.tenant, flow.namespace, flow.id],
          set: {
            revision: sql`excluded.revision`,
            disabled: sql`excluded.disabled`,
            deleted: sql`excluded.deleted`,
            description: sql`excluded.description`,
            labels: sql`excluded.labels`,
            updatedAt: sql`excluded.updated_at`,
          },
        }),
    ];
  });
  const [first, ...rest] = statements;
  if (first === undefined) return;
  try {
    await db.batch([first, ...rest]);
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause;
    throw new AppError(
      'conflict',
      'A flow was changed by somebody else at the same moment; read it again and repeat.',
      { cause },
    );
  }
}

function member(name: keyof FlowChange): SQL {
  return sql.raw(`json_extract(value, '$.${name}')`);
}

function inParts(changes: readonly FlowChange[]): FlowChange[][] {
  const parts: FlowChange[][] = [];
  let room = 0;
  for (const change of changes) {
    room -= change.source.length;
    if (room < 0 || parts.length === 0) {
      parts.push([]);
      room = CHARS_AT_ONCE_MAX - change.source.length;
    }
    parts.at(-1)?.push(change);
  }
  return parts;
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && /UNIQUE constraint failed/.test(`${error.message} ${String(error.cause)}`);
}
