/** Filters -> SQL. A resource says for each of its fields which operators it has and what a condition on it means. */
import { and, asc, desc, eq, gt, gte, inArray, lt, lte, ne, not, notInArray, or, sql } from 'drizzle-orm';
import type { Column, SQL } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { AppError } from '../errors.ts';
import { TOTAL_COUNTED_MAX } from '../limits.ts';
import type { Condition, Filter, FilterField } from '../protocol/filters.ts';
import type { Page } from '../protocol/paging.ts';
import { assert, assertNever } from '../result.ts';
import type { DataDb } from '../tenant.ts';

export interface SqlField extends FilterField {
  toSql(condition: Condition): SQL | undefined;
}
export type SqlFields = Readonly<Record<string, SqlField>>;

export function filterSql(filter: Filter, fields: SqlFields): SQL | undefined {
  switch (filter.kind) {
    case 'and':
      return and(...filter.of.map((one) => filterSql(one, fields)));
    case 'or':
      return or(...filter.of.map((one) => filterSql(one, fields)));
    case 'condition': {
      const field = fields[filter.field];
      assert(field !== undefined, 'a parsed filter names fields that exist');
      return field.toSql(filter);
    }
    default:
      return assertNever(filter);
  }
}

const TEXT_OPERATORS = ['EQUALS', 'NOT_EQUALS', 'IN', 'NOT_IN', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS'] as const;

export function textField(column: Column, flat: SqlField['flat'] = 'EQUALS'): SqlField {
  return { operators: TEXT_OPERATORS, flat, toSql: (condition) => compareText(column, condition) };
}

/** A namespace also has PREFIX: itself and its children, which is what the flat parameter means. */
export function namespaceField(column: Column): SqlField {
  return {
    operators: [...TEXT_OPERATORS, 'PREFIX'],
    flat: 'PREFIX',
    toSql: (condition) =>
      condition.operator === 'PREFIX' ? inNamespace(column, value(condition)) : compareText(column, condition),
  };
}

/** `.` and `/` are neighbours, so that an index finds the children as a range. */
export function inNamespace(column: Column, namespace: string): SQL | undefined {
  return or(eq(column, namespace), and(gte(column, `${namespace}.`), lt(column, `${namespace}/`)));
}

/** The system's own namespace or all others. */
export function scopeField(column: Column): SqlField {
  return {
    operators: ['EQUALS', 'NOT_EQUALS', 'IN'],
    flat: 'IN',
    toSql: ({ operator, values }) => {
      const isSystem = inNamespace(column, 'system');
      const wanted = values.map((scope) => {
        if (scope === 'SYSTEM') return isSystem;
        if (scope === 'USER') return isSystem && not(isSystem);
        throw new AppError('invalid_filter', `scope is USER or SYSTEM, not ${scope}`);
      });
      const matches = or(...wanted);
      return operator === 'NOT_EQUALS' && matches ? not(matches) : matches;
    },
  };
}

/** Every word stands in one of the columns, in any case. */
export function searchField(...columns: Column[]): SqlField {
  return {
    operators: ['EQUALS', 'NOT_EQUALS'],
    flat: 'EQUALS',
    toSql: (condition) => {
      const words = value(condition).toLowerCase().split(/\s+/).filter(Boolean).slice(0, WORDS_MAX);
      const matches = and(...words.map((word) => or(...columns.map((column) => containsText(column, word)))));
      return condition.operator === 'NOT_EQUALS' && matches ? not(matches) : matches;
    },
  };
}

const WORDS_MAX = 5;

/** A JSON list of `{key, value}`. */
export function labelsField(column: Column): SqlField {
  return {
    operators: ['EQUALS', 'NOT_EQUALS', 'IN', 'NOT_IN', 'CONTAINS'],
    flat: 'EQUALS',
    isKeyed: true,
    toSql: ({ operator, key, values }) => {
      const label = sql`json_extract(value, '$.value')`;
      const matches = operator === 'CONTAINS' ? sql`instr(${label}, ${values[0]}) > 0` : inArray(label, values);
      const has = sql`exists (select 1 from json_each(${column}) where json_extract(value, '$.key') = ${key} and ${matches})`;
      return operator === 'NOT_EQUALS' || operator === 'NOT_IN' ? not(has) : has;
    },
  };
}

/** An instant in the API, epoch milliseconds in the table. */
export function instantField(column: Column, flat?: SqlField['flat']): SqlField {
  return {
    operators: [
      'EQUALS',
      'NOT_EQUALS',
      'GREATER_THAN',
      'LESS_THAN',
      'GREATER_THAN_OR_EQUAL_TO',
      'LESS_THAN_OR_EQUAL_TO',
    ],
    flat,
    toSql: (condition) => {
      const at = Date.parse(value(condition));
      if (Number.isNaN(at))
        throw new AppError('invalid_filter', `${condition.field} is not an instant: ${value(condition)}`);
      return compareNumber(column, condition, at);
    },
  };
}

function compareNumber(column: Column, { operator }: Condition, number: number): SQL {
  switch (operator) {
    case 'NOT_EQUALS':
      return ne(column, number);
    case 'GREATER_THAN':
      return gt(column, number);
    case 'LESS_THAN':
      return lt(column, number);
    case 'GREATER_THAN_OR_EQUAL_TO':
      return gte(column, number);
    case 'LESS_THAN_OR_EQUAL_TO':
      return lte(column, number);
    default:
      return eq(column, number);
  }
}

function compareText(column: Column, condition: Condition): SQL | undefined {
  const text = value(condition);
  switch (condition.operator) {
    case 'NOT_EQUALS':
      return ne(column, text);
    case 'IN':
      return inArray(column, condition.values);
    case 'NOT_IN':
      return notInArray(column, condition.values);
    case 'STARTS_WITH':
      return startsWith(column, text);
    case 'ENDS_WITH':
      return sql`substr(${column}, -length(${text})) = ${text}`;
    case 'CONTAINS':
      return containsText(column, text);
    default:
      return eq(column, text);
  }
}

export function startsWith(column: Column, text: string): SQL {
  return sql`substr(${column}, 1, length(${text})) = ${text}`;
}

export function containsText(column: Column, text: string): SQL {
  return sql`instr(lower(${column}), ${text.toLowerCase()}) > 0`;
}

function value({ values: [first = ''] }: Condition): string {
  return first;
}

/** The order of a page: what was asked for, then the key, so that no row is on two pages. */
export function orderBy(
  sort: Page['sort'],
  columns: Readonly<Record<string, Column>>,
  key: Column[],
  fallback: SQL[] = [],
): SQL[] {
  const asked = sort.map(({ field, isDescending }) => {
    const column = Object.hasOwn(columns, field) ? columns[field] : undefined;
    if (column === undefined) {
      throw new AppError('invalid_parameter', `Cannot sort by ${field}; there are ${Object.keys(columns).join(', ')}`);
    }
    return isDescending ? desc(column) : asc(column);
  });
  return [...(asked.length > 0 ? asked : fallback), ...key.map((column) => asc(column))];
}

/** How many rows of a table a condition lets through, counted up to one more than is told. */
export function countedRows(db: DataDb, table: SQLiteTable, where: SQL | undefined) {
  const some = db
    .select({ one: sql`1`.as('one') })
    .from(table)
    .where(where)
    .limit(TOTAL_COUNTED_MAX + 1)
    .as('some');
  return db.select({ counted: sql<number>`count(*)` }).from(some);
}
