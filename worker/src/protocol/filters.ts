/** Search filters of the API, in all their spellings, as one tree:
 *    filters[state][IN]=FAILED,KILLED    filters[labels][EQUALS][team]=data    filters[or][0][flowId][EQUALS]=a
 *    filters={"field":"NAMESPACE","operation":"EQUALS","value":"x"}            namespace=x&state=FAILED */
import { FILTER_CONDITIONS_MAX, FILTER_DEPTH_MAX, FILTER_VALUES_MAX } from '../limits.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { isJsonObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';

export const OPERATORS = [
  'EQUALS',
  'NOT_EQUALS',
  'GREATER_THAN',
  'LESS_THAN',
  'GREATER_THAN_OR_EQUAL_TO',
  'LESS_THAN_OR_EQUAL_TO',
  'IN',
  'NOT_IN',
  'STARTS_WITH',
  'ENDS_WITH',
  'CONTAINS',
  'REGEX',
  'PREFIX',
] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Condition {
  kind: 'condition';
  field: string;
  operator: Operator;
  /** One, but for IN and NOT_IN. */
  values: string[];
  /** Of a field with keys (labels). */
  key?: string;
}

export type Filter = Condition | { kind: 'and' | 'or'; of: Filter[] };

/** What a resource can be searched by. */
export interface FilterField {
  operators: readonly Operator[];
  /** The operator that the flat parameter of this name means; without one there is no such parameter. */
  flat?: Operator;
  /** Values of this field belong to keys: `key:value` in the flat form. */
  isKeyed?: boolean;
}
export type FilterFields = Readonly<Record<string, FilterField>>;

/** Parameters that are no filter are left alone; a filter that is not understood is an error, never ignored: a list that
 *  silently holds too much is worse than none. */
export function parseFilters(query: URLSearchParams, fields: FilterFields): Result<Filter, string> {
  try {
    const root = group('and');
    for (const [name, value] of query) {
      if (name === 'filters') root.of.push(...parseJsonForm(value, fields));
      else if (name.startsWith('filters[')) addBracketForm(root, name, value, fields);
    }
    root.of.push(...parseFlatForm(query, fields));
    check(root, 0);
    return ok(root);
  } catch (error) {
    if (error instanceof FilterError) return fail(error.message);
    throw error;
  }
}

class FilterError extends Error {}

type Group = { kind: 'and' | 'or'; of: Filter[]; branches: Map<string, Group> };

function group(kind: 'and' | 'or'): Group {
  return { kind, of: [], branches: new Map() };
}

/** `[or][0][flowId][EQUALS]` says: in the group `or`, in its branch 0, this condition. */
function addBracketForm(root: Group, name: string, value: string, fields: FilterFields): void {
  if (!/^filters(\[[^[\]]*\])+$/.test(name)) throw new FilterError(`Malformed filter name ${name}`);
  const steps = Array.from(name.matchAll(/\[([^[\]]*)\]/g), ([, step = '']) => step);
  let place = root;
  while (steps[0] === 'and' || steps[0] === 'or') {
    const [kind, index, ...rest] = steps;
    if (index === undefined || !/^\d{1,3}$/.test(index))
      throw new FilterError(`${name}: a number must follow [${kind}]`);
    place = branch(branch(place, kind, kind), index, 'and');
    steps.splice(0, steps.length, ...rest);
  }
  const [field = '', operator = '', key, ...surplus] = steps;
  if (surplus.length > 0) throw new FilterError(`Malformed filter name ${name}`);
  place.of.push(condition(field, operator, key, value, fields));
}

function branch(parent: Group, name: string, kind: 'and' | 'or'): Group {
  let child = parent.branches.get(name);
  if (child === undefined) {
    child = group(kind);
    parent.branches.set(name, child);
    parent.of.push(child);
  }
  return child;
}

/** One object or several joined by commas, as an old client sends them. */
function parseJsonForm(text: string, fields: FilterFields): Filter[] {
  let parsed: Json;
  try {
    parsed = JSON.parse(text.trimStart().startsWith('[') ? text : `[${text}]`) as Json;
  } catch {
    throw new FilterError('filters: not JSON');
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).flatMap((entry) => {
    if (!isJsonObject(entry))
      throw new FilterError('filters: each one must be an object with field, operation and value');
    return fromObject(entry, fields);
  });
}

function fromObject({ field, operation, value }: JsonObject, fields: FilterFields): Filter[] {
  if (typeof field !== 'string' || typeof operation !== 'string') {
    throw new FilterError('filters: each one needs a field and an operation');
  }
  const name = camelCase(field);
  if (isJsonObject(value))
    return Object.entries(value).map(([key, one]) => condition(name, operation, key, textOf(one), fields));
  return [
    condition(name, operation, undefined, Array.isArray(value) ? value.map(textOf).join(',') : textOf(value), fields),
  ];
}

/** `FLOW_ID` -> `flowId`; the search text is called QUERY there. */
function camelCase(field: string): string {
  if (field.toUpperCase() === 'QUERY') return 'q';
  return /^[A-Z_]+$/.test(field)
    ? field.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    : field;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : String(value ?? '');
}

function parseFlatForm(query: URLSearchParams, fields: FilterFields): Filter[] {
  const filters: Filter[] = [];
  for (const [field, { flat, isKeyed }] of Object.entries(fields)) {
    if (flat === undefined) continue;
    const values = query.getAll(field).filter((value) => value !== '');
    if (values.length === 0) continue;
    if (isKeyed) filters.push(...values.map((value) => condition(field, flat, undefined, value, fields)));
    else filters.push(condition(field, flat, undefined, flat === 'IN' ? values.join(',') : (values[0] ?? ''), fields));
  }
  return filters;
}

function condition(
  field: string,
  operator: string,
  key: string | undefined,
  text: string,
  fields: FilterFields,
): Condition {
  const known = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (known === undefined)
    throw new FilterError(`Unknown filter field ${field}; there are ${Object.keys(fields).join(', ')}`);
  const allowed = known.operators.find((one) => one === operator);
  if (allowed === undefined)
    throw new FilterError(`${field} has no operator ${operator}; there are ${known.operators.join(', ')}`);
  if (!known.isKeyed) {
    if (key !== undefined) throw new FilterError(`${field} has no keys`);
    return { kind: 'condition', field, operator: allowed, values: valuesOf(allowed, text) };
  }
  const [, name, value] = key === undefined ? (/^([^:]+):([^]*)$/.exec(text) ?? []) : [text, key, text];
  if (name === undefined || value === undefined)
    throw new FilterError(`${field} needs a key and a value: ${field}=key:value`);
  return { kind: 'condition', field, operator: allowed, key: name, values: valuesOf(allowed, value) };
}

function valuesOf(operator: Operator, text: string): string[] {
  if (operator !== 'IN' && operator !== 'NOT_IN') return [text];
  const list = text.replace(/^\[(.*)\]$/s, '$1').split(',');
  return list.map((value) => value.trim()).filter((value) => value !== '');
}

/** Every condition becomes SQL with bound values, of which there may be so many. */
function check(root: Filter, depth: number): void {
  let conditions = 0;
  let values = 0;
  const visit = (filter: Filter, level: number): void => {
    if (filter.kind === 'condition') {
      conditions += 1;
      values += filter.values.length;
      if (conditions > FILTER_CONDITIONS_MAX) throw new FilterError(`More than ${FILTER_CONDITIONS_MAX} filters`);
      if (values > FILTER_VALUES_MAX) throw new FilterError(`More than ${FILTER_VALUES_MAX} values in filters`);
      return;
    }
    if (level > FILTER_DEPTH_MAX * 2)
      throw new FilterError(`Filters are nested deeper than ${FILTER_DEPTH_MAX} levels`);
    for (const child of filter.of) visit(child, level + 1);
  };
  visit(root, depth);
}
