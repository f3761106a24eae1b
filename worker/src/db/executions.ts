/** The index of executions: written by the queue's consumer in batches, read by lists, searches and counts. */
import { and, desc, eq, gte, inArray, isNotNull, isNull, lte, notInArray, sql } from 'drizzle-orm';
import { AppError } from '../errors.ts';
import type { ExecutionId } from '../ids.ts';
import { TOTAL_COUNTED_MAX } from '../limits.ts';
import type { ExecutionFact } from '../protocol/fact.ts';
import type { Filter } from '../protocol/filters.ts';
import type { Page } from '../protocol/paging.ts';
import type { State } from '../protocol/states.ts';
import type { Tenant } from '../tenant.ts';
import {
  filterSql,
  inNamespace,
  instantField,
  labelsField,
  namespaceField,
  orderBy,
  scopeField,
  searchField,
  textField,
} from './filter-sql.ts';
import type { SqlFields } from './filter-sql.ts';
import { execution } from './schema/data/execution.ts';

/** A statement takes at most so many characters of facts; D1 binds values of up to 2 MB. */
const FACTS_CHARS_MAX = 1_000_000;

export type TenantFact = ExecutionFact & { tenant: number };

/** Writes facts of any tenants of one database, in one statement; an older fact changes nothing. */
export async function record(database: D1Database, facts: TenantFact[]): Promise<void> {
  const newest = new Map<string, TenantFact>();
  for (const fact of facts) {
    const key = `${fact.tenant}/${fact.id}`;
    const known = newest.get(key);
    if (known === undefined || known.version < fact.version) newest.set(key, fact);
  }
  const statements = inParts([...newest.values()]).map((part) => database.prepare(RECORD).bind(part));
  if (statements.length > 0) await database.batch(statements);
}

/** Executions that were started before this and have not ended; a random few, so that each gets its turn. */
export async function unfinished(
  database: D1Database,
  startedBefore: number,
  limit: number,
): Promise<{ tenant: number; id: string }[]> {
  const { results } = await database
    .prepare(UNFINISHED)
    .bind(startedBefore, limit)
    .all<{ tenant: number; id: string }>();
  return results;
}

export async function forget(database: D1Database, tenant: number, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await database.prepare(FORGET).bind(tenant, JSON.stringify(ids)).run();
}

/** The newest execution of each flow. */
export async function latest(
  { db, key: tenant }: Tenant,
  refs: { namespace: string; id: string }[],
): Promise<(typeof execution.$inferSelect)[]> {
  const found = await Promise.all(
    refs.map(({ namespace, id }) =>
      db
        .select()
        .from(execution)
        .where(and(eq(execution.tenant, tenant), eq(execution.namespace, namespace), eq(execution.flowId, id)))
        .orderBy(desc(execution.startAt))
        .limit(1),
    ),
  );
  return found.flat();
}

/** How many executions of each flow fit a query of `flows`, `states`, `startDate` and `endDate`. */
export async function count({ db, key: tenant }: Tenant, query: CountQuery): Promise<FlowCount[]> {
  return Promise.all(
    query.flows.map(async ({ namespace, flowId }) => {
      const [row] = await db
        .select({ count: sql<number>`count(*)` })
        .from(execution)
        .where(
          and(
            eq(execution.tenant, tenant),
            inNamespace(execution.namespace, namespace),
            flowId === undefined ? undefined : eq(execution.flowId, flowId),
            query.states.length === 0 ? undefined : inArray(execution.state, query.states),
            query.startAt === undefined ? undefined : gte(execution.startAt, query.startAt),
            query.endAt === undefined ? undefined : lte(execution.startAt, query.endAt),
          ),
        );
      return { namespace, flowId: flowId ?? '', count: row?.count ?? 0 };
    }),
  );
}

export interface CountQuery {
  flows: { namespace: string; flowId?: string }[];
  states: State[];
  startAt?: number;
  endAt?: number;
}

export interface FlowCount {
  namespace: string;
  flowId: string;
  count: number;
}

/** What executions can be searched by. */
export const executionFields: SqlFields = {
  q: searchField(execution.namespace, execution.flowId, execution.id),
  scope: scopeField(execution.namespace),
  namespace: namespaceField(execution.namespace),
  flowId: textField(execution.flowId),
  state: textField(execution.state, 'IN'),
  labels: labelsField(execution.labels),
  startDate: instantField(execution.startAt, 'GREATER_THAN_OR_EQUAL_TO'),
  endDate: instantField(execution.startAt, 'LESS_THAN_OR_EQUAL_TO'),
  triggerExecutionId: textField(execution.triggerExecutionId),
  childFilter: {
    operators: ['EQUALS', 'NOT_EQUALS'],
    flat: 'EQUALS',
    toSql: ({ operator, values: [wanted] }) => {
      if (wanted !== 'CHILD' && wanted !== 'MAIN')
        throw new AppError('invalid_filter', `childFilter is CHILD or MAIN, not ${wanted}`);
      const isChild = (wanted === 'CHILD') === (operator === 'EQUALS');
      return isChild ? isNotNull(execution.triggerExecutionId) : isNull(execution.triggerExecutionId);
    },
  },
  kind: {
    operators: ['EQUALS', 'NOT_EQUALS', 'IN'],
    flat: 'IN',
    toSql: ({ operator, values }) => {
      const kind = sql`coalesce(${execution.kind}, 'NORMAL')`;
      return operator === 'NOT_EQUALS' ? notInArray(kind, values) : inArray(kind, values);
    },
  },
};

const sortable = {
  id: execution.id,
  namespace: execution.namespace,
  flowId: execution.flowId,
  'state.current': execution.state,
  'state.startDate': execution.startAt,
  'state.endDate': execution.endAt,
  startDate: execution.startAt,
  endDate: execution.endAt,
  state: execution.state,
};

export type ExecutionRow = typeof execution.$inferSelect;

/** Newest first, unless asked otherwise. Runs of the editor's playground are shown only to who asks for them. */
export async function search(
  { db, key }: Tenant,
  filter: Filter,
  { offset, size, sort }: Page,
): Promise<{ executions: ExecutionRow[]; counted: number }> {
  const where = and(
    eq(execution.tenant, key),
    filterSql(filter, executionFields),
    mentions(filter, 'kind') ? undefined : sql`${execution.kind} is not 'PLAYGROUND'`,
  );
  const [executions, [total]] = await db.batch([
    db
      .select()
      .from(execution)
      .where(where)
      .orderBy(...orderBy(sort, sortable, [execution.id], [desc(execution.startAt)]))
      .limit(size)
      .offset(offset),
    db.select({ counted: sql<number>`count(*)` }).from(
      db
        .select({ one: sql`1`.as('one') })
        .from(execution)
        .where(where)
        .limit(TOTAL_COUNTED_MAX + 1)
        .as('found'),
    ),
  ]);
  return { executions, counted: total?.counted ?? 0 };
}

function mentions(filter: Filter, field: string): boolean {
  return filter.kind === 'condition' ? filter.field === field : filter.of.some((one) => mentions(one, field));
}

/** Which of the ids the index knows. */
export async function known({ db, key: tenant }: Tenant, ids: ExecutionId[]): Promise<Set<string>> {
  const wanted = sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;
  const rows = await db
    .select({ id: execution.id })
    .from(execution)
    .where(and(eq(execution.tenant, tenant), inArray(execution.id, wanted)));
  return new Set(rows.map(({ id }) => id));
}

function inParts(facts: TenantFact[]): string[] {
  const parts: string[][] = [];
  let chars = FACTS_CHARS_MAX;
  for (const fact of facts) {
    const text = JSON.stringify(fact);
    chars += text.length;
    if (chars > FACTS_CHARS_MAX) {
      parts.push([]);
      chars = text.length;
    }
    parts.at(-1)?.push(text);
  }
  return parts.map((part) => `[${part.join(',')}]`);
}

const RECORD = `
  INSERT INTO execution (tenant, id, version, namespace, flow_id, flow_revision, state, start_at, end_at, labels,
    trigger_id, trigger_type, trigger_execution_id, parent_id, original_id, schedule_at, kind)
  SELECT value ->> '$.tenant', value ->> '$.id', value ->> '$.version', value ->> '$.namespace', value ->> '$.flowId',
    value ->> '$.flowRevision', value ->> '$.state', value ->> '$.startAt', value ->> '$.endAt', value -> '$.labels',
    value ->> '$.triggerId', value ->> '$.triggerType', value ->> '$.triggerExecutionId', value ->> '$.parentId',
    value ->> '$.originalId', value ->> '$.scheduleAt', value ->> '$.kind'
  FROM json_each(?) WHERE true
  ON CONFLICT (tenant, id) DO UPDATE SET version = excluded.version, state = excluded.state, end_at = excluded.end_at,
    labels = excluded.labels, flow_revision = excluded.flow_revision
  WHERE excluded.version > version`;

const FORGET = 'DELETE FROM execution WHERE tenant = ? AND id IN (SELECT value FROM json_each(?))';

const UNFINISHED = `
  SELECT tenant, id FROM execution INDEXED BY execution_unfinished
  WHERE end_at IS NULL AND start_at < ? ORDER BY random() LIMIT ?`;
