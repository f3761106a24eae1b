/** Which triggers a search wants. They are few and stand in one object, so that they are searched in memory. */
import type { Context } from 'hono';
import { AppError } from '../errors.ts';
import type { AppEnv } from '../middleware/context.ts';
import type { TriggerRow } from '../objects/scheduler-store.ts';
import type { Condition, Filter, FilterField } from '../protocol/filters.ts';
import type { Page } from '../protocol/paging.ts';
import { readFilter } from './search-query.ts';

interface TriggerField extends FilterField {
  read(row: TriggerRow): string;
}

const TEXT = ['EQUALS', 'NOT_EQUALS', 'IN', 'NOT_IN', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS'] as const;

const FIELDS: Readonly<Record<string, TriggerField>> = {
  q: {
    operators: ['EQUALS', 'NOT_EQUALS'],
    flat: 'EQUALS',
    read: (row) => `${row.namespace} ${row.flowId} ${row.triggerId}`,
  },
  namespace: { operators: [...TEXT, 'PREFIX'], flat: 'PREFIX', read: ({ namespace }) => namespace },
  flowId: { operators: TEXT, flat: 'EQUALS', read: ({ flowId }) => flowId },
  triggerId: { operators: TEXT, flat: 'EQUALS', read: ({ triggerId }) => triggerId },
};

export function searched(c: Context<AppEnv>, rows: readonly TriggerRow[]): TriggerRow[] {
  const filter = readFilter(c, FIELDS);
  return rows.filter((row) => matches(filter, row));
}

function matches(filter: Filter, row: TriggerRow): boolean {
  if (filter.kind === 'condition') {
    const field = FIELDS[filter.field];
    return field !== undefined && compares(filter, field.read(row));
  }
  return filter.kind === 'and'
    ? filter.of.every((one) => matches(one, row))
    : filter.of.some((one) => matches(one, row));
}

function compares({ field, operator, values }: Condition, actual: string): boolean {
  const [value = ''] = values;
  switch (operator) {
    case 'EQUALS':
      return field === 'q' ? hasWords(actual, value) : actual === value;
    case 'NOT_EQUALS':
      return field === 'q' ? !hasWords(actual, value) : actual !== value;
    case 'IN':
      return values.includes(actual);
    case 'NOT_IN':
      return !values.includes(actual);
    case 'STARTS_WITH':
      return actual.startsWith(value);
    case 'ENDS_WITH':
      return actual.endsWith(value);
    case 'CONTAINS':
      return actual.includes(value);
    case 'PREFIX':
      return actual === value || actual.startsWith(`${value}.`);
    default:
      return false;
  }
}

function hasWords(actual: string, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => actual.toLowerCase().includes(word));
}

const SORTS: Readonly<Record<string, (row: TriggerRow) => string | number>> = {
  namespace: ({ namespace }) => namespace,
  flowId: ({ flowId }) => flowId,
  triggerId: ({ triggerId }) => triggerId,
  date: ({ state }) => state.date ?? 0,
  nextExecutionDate: ({ state }) => state.next ?? Infinity,
  updatedDate: ({ updatedAt }) => updatedAt,
};

export function onPage(rows: readonly TriggerRow[], { offset, size, sort }: Page): TriggerRow[] {
  const sorted = [...rows];
  for (const { field, isDescending } of sort.toReversed()) {
    const read = Object.hasOwn(SORTS, field) ? SORTS[field] : undefined;
    if (read === undefined) {
      throw new AppError(
        'invalid_parameter',
        `Triggers cannot be sorted by ${field}; use ${Object.keys(SORTS).join(', ')}.`,
      );
    }
    sorted.sort((a, b) => (read(a) < read(b) ? -1 : read(a) > read(b) ? 1 : 0) * (isDescending ? -1 : 1));
  }
  return sorted.slice(offset, offset + size);
}
