/** What is given for an input, or computed for an output, as a value of its type. Messages follow Kestra's, since people and
 *  programs know them; the caller adds which input it was. */
import type { Temporal } from 'temporal-polyfill';
import { calendar, regularExpressions } from '../../expression/parts.ts';
import { formatDuration, parseDuration } from '../../protocol/duration.ts';
import { Decimal, isJsonObject, parseJson, parseNumber, stringifyJson } from '../../protocol/json.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { fail, ok } from '../../result.ts';
import type { Result } from '../../result.ts';
import type { InputType } from '../flow.ts';
import { parseYaml } from '../yaml.ts';

export type Parsed = Result<Json, string>;

/** What the type is checked with must be loaded: see load-parts.ts. */
export function parseValue(type: InputType, given: Json, properties: JsonObject): Parsed {
  if (given === null) return ok(null);
  return PARSERS[type](given, properties);
}

/** A value as messages show it. */
export function shown(value: Json): string {
  return typeof value === 'object' && value !== null && !(value instanceof Decimal)
    ? stringifyJson(value)
    : String(value);
}

type Parser = (given: Json, properties: JsonObject) => Parsed;

const PARSERS: Record<InputType, Parser> = {
  STRING: (given, { validator }) => matching(textOf(given), validator),
  SECRET: (given, { validator }) => matching(textOf(given), validator),
  SELECT: (given) => ok(textOf(given)),
  ENUM: (given) => ok(textOf(given)),
  MULTISELECT: (given, { itemType }) => list(given, (itemType as InputType | undefined) ?? 'STRING'),
  ARRAY: (given, { itemType }) => list(given, (itemType as InputType | undefined) ?? 'STRING'),
  INT: integer,
  FLOAT: float,
  BOOLEAN: (given) => ok(textOf(given).toLowerCase() === 'true'),
  BOOL: (given) => ok(textOf(given).toLowerCase() === 'true'),
  DATETIME: dateTime,
  DATE: date,
  TIME: time,
  DURATION: duration,
  FILE: file,
  JSON: (given) => (typeof given === 'string' ? json(given) : ok(given)),
  YAML: (given) => (typeof given === 'string' ? yaml(given) : ok(given)),
  URI: (given) =>
    /^[a-z][a-z0-9+.-]*:\S+$/i.test(textOf(given))
      ? ok(textOf(given))
      : fail('it must be a URI like https://example.com'),
  EMAIL: email,
  FORM: (given) => (isJsonObject(given) ? ok(given) : fail('it must be a map')),
};

function textOf(given: Json): string {
  return shown(given);
}

function matching(text: string, validator: Json | undefined): Parsed {
  if (typeof validator !== 'string') return ok(text);
  return regularExpressions.get().compile(validator).matches(text)
    ? ok(text)
    : fail(`it must match the pattern \`${validator}\``);
}

function list(given: Json, itemType: InputType): Parsed {
  const value = typeof given === 'string' ? json(given) : ok(given);
  if (!value.ok || !Array.isArray(value.value)) return fail('it must be a list, or the JSON text of one');
  const items: Json[] = [];
  for (const item of value.value) {
    const parsed = parseValue(itemType, item, {});
    if (!parsed.ok) return fail(`its item \`${shown(item)}\` is wrong: ${parsed.error}`);
    items.push(parsed.value);
  }
  return ok(items);
}

const LONG_MAX = 2n ** 63n;

function integer(given: Json, { min, max }: JsonObject): Parsed {
  const text = textOf(given).trim();
  if (!/^[+-]?\d{1,20}$/.test(text)) return fail('it must be a whole number (INT)');
  const value = parseNumber(text.replace(/^\+/, ''));
  if (BigInt(text.replace(/^\+/, '')) >= LONG_MAX || BigInt(text.replace(/^\+/, '')) < -LONG_MAX)
    return fail('it must be a whole number of 64 bits');
  return bounded(value, value, min, max, Number);
}

function float(given: Json, { min, max }: JsonObject): Parsed {
  const text = textOf(given).trim();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || !Number.isFinite(Number(text)))
    return fail('it must be a number (FLOAT)');
  const value = parseNumber(text.replace(/^\+/, ''));
  return bounded(value, value, min, max, Number);
}

function bounded(
  value: Json,
  compared: Json,
  min: Json | undefined,
  max: Json | undefined,
  rank: (value: Json) => number,
): Parsed {
  if (isSet(min) && rank(compared) < rank(min)) return fail(`it must be more than \`${shown(min)}\``);
  if (isSet(max) && rank(compared) > rank(max)) return fail(`it must be less than \`${shown(max)}\``);
  return ok(value);
}

function duration(given: Json, { min, max }: JsonObject): Parsed {
  const ms = parseDuration(textOf(given));
  if (ms === undefined) return fail('it must be an ISO-8601 duration like PT5M');
  const rank = (bound: Json): number => parseDuration(textOf(bound)) ?? 0;
  const text = formatDuration(ms);
  if (isSet(min) && ms < rank(min)) return fail(`It must be more than \`${formatDuration(rank(min))}\``);
  if (isSet(max) && ms > rank(max)) return fail(`It must be less than \`${formatDuration(rank(max))}\``);
  return ok(text);
}

/** Parses and compares one kind of moment. */
function moment<T>(
  given: Json,
  { after, before }: JsonObject,
  wanted: string,
  parse: (text: string) => T,
  compare: (a: T, b: T) => number,
  print: (value: T) => string,
): Parsed {
  const value = attempt(() => parse(textOf(given).trim()));
  if (value === undefined) return fail(wanted);
  const from = isSet(after) ? attempt(() => parse(textOf(after))) : undefined;
  const to = isSet(before) ? attempt(() => parse(textOf(before))) : undefined;
  if (from !== undefined && compare(value, from) < 0) return fail(`it must be after \`${print(from)}\``);
  if (to !== undefined && compare(value, to) > 0) return fail(`it must be before \`${print(to)}\``);
  return ok(print(value));
}

function dateTime(given: Json, properties: JsonObject): Parsed {
  const { Instant } = calendar.get().Temporal;
  const parse = (text: string): Temporal.Instant => Instant.from(text);
  return moment(
    given,
    properties,
    'it must be a date-time like 2026-01-31T10:15:30Z (DATETIME)',
    parse,
    Instant.compare,
    (value) => value.toString(),
  );
}

function date(given: Json, properties: JsonObject): Parsed {
  const { PlainDate } = calendar.get().Temporal;
  const parse = (text: string): Temporal.PlainDate =>
    PlainDate.from(strictly(text, /^\d{4}-\d\d-\d\d$/), { overflow: 'reject' });
  return moment(given, properties, 'it must be a date like 2026-01-31 (DATE)', parse, PlainDate.compare, (value) =>
    value.toString(),
  );
}

function time(given: Json, properties: JsonObject): Parsed {
  const { PlainTime } = calendar.get().Temporal;
  const parse = (text: string): Temporal.PlainTime =>
    PlainTime.from(strictly(text, /^\d\d:\d\d(:\d\d(\.\d{1,9})?)?$/), { overflow: 'reject' });
  return moment(given, properties, 'it must be a time like 10:15:30 (TIME)', parse, PlainTime.compare, timeText);
}

/** Java prints no seconds when there are none. */
function timeText(value: Temporal.PlainTime): string {
  const text = value.toString();
  return text.endsWith(':00') && text.length === 8 ? text.slice(0, 5) : text;
}

function strictly(text: string, pattern: RegExp): string {
  if (!pattern.test(text)) throw new RangeError(text);
  return text;
}

function file(given: Json, { allowedFileExtensions }: JsonObject): Parsed {
  const uri = textOf(given);
  if (!/^(kestra|nsfile|file):\/\//.test(uri)) return fail('it must be a file, or the URI of a stored one');
  const extensions = Array.isArray(allowedFileExtensions)
    ? allowedFileExtensions.map((extension) => String(extension).toLowerCase())
    : [];
  const name = uri.slice(uri.lastIndexOf('/') + 1).toLowerCase();
  if (
    extensions.length > 0 &&
    !extensions.some((extension) => name.endsWith(extension.startsWith('.') ? extension : `.${extension}`))
  ) {
    return fail(`its extension must be one of \`[${extensions.join(', ')}]\``);
  }
  return ok(uri);
}

function email(given: Json): Parsed {
  const text = textOf(given);
  return text === '' || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? ok(text) : fail('The input must be a valid email');
}

function json(text: string): Parsed {
  const value = attempt(() => parseJson(text));
  return value === undefined ? fail('it must be valid JSON') : ok(value);
}

function yaml(text: string): Parsed {
  const { value, problems } = parseYaml(text);
  const [problem] = problems;
  if (problem === undefined) return ok(value);
  return problem.code === 'yaml.empty' ? ok(null) : fail(`it must be valid YAML (${problem.message})`);
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function isSet(value: Json | undefined): value is Exclude<Json, null> {
  return value !== undefined && value !== null;
}
