/** What lists have in common: filters, a page, and an answer that counts. */
import type { Context } from 'hono';
import { AppError } from '../errors.ts';
import type { AppEnv } from '../middleware/context.ts';
import { parseFilters } from '../protocol/filters.ts';
import type { Filter, FilterFields } from '../protocol/filters.ts';

export function readFilter(c: Context<AppEnv>, fields: FilterFields): Filter {
  const filter = parseFilters(new URL(c.req.url).searchParams, fields);
  if (!filter.ok) throw new AppError('invalid_filter', filter.error);
  return filter.value;
}

/** A query parameter that is a switch: `true` and nothing else turns it on, `false` off. */
export function readSwitch(c: Context<AppEnv>, name: string, whenAbsent: boolean): boolean {
  const text = c.req.query(name);
  if (text === undefined || text === '') return whenAbsent;
  if (text !== 'true' && text !== 'false')
    throw new AppError('invalid_parameter', `${name} is true or false, not ${text}`);
  return text === 'true';
}
