/** Values as block YAML: as few quotes as possible, the items of a list one column in from their key. */
import { Decimal } from '../protocol/json.ts';
import { isoText } from './dates/text.ts';
import { isDate, isList, isMap } from './value.ts';
import type { Run } from './run.ts';
import type { Lookup, Range, Value, ValueMap } from './value.ts';

export function toYaml(value: Value, run: Run): string {
  const lines = isList(value) || isMap(value) ? blockLines(value, 0, 1, run, 0) : scalarLines(value, 0, run);
  return `${lines.join('\n')}\n`;
}

/** Lines with all of their indent; keys of a map begin at `keyColumn`, dashes of a list at `dashColumn`. */
function blockLines(value: Collection, keyColumn: number, dashColumn: number, run: Run, depth: number): string[] {
  run.descend(depth);
  if (isList(value)) {
    if (value.length === 0) return ['[]'];
    return run.items(value).flatMap((item) => {
      const content = isCollection(item)
        ? blockLines(item, dashColumn + 2, dashColumn + 2, run, depth + 1)
        : scalarLines(item, dashColumn, run);
      const [first = '', ...rest] = content;
      run.meter.grow(dashColumn);
      return [`${' '.repeat(dashColumn)}- ${first.trimStart()}`, ...rest];
    });
  }
  const entries = run.entries(value);
  if (entries.length === 0) return ['{}'];
  return entries.flatMap(([key, item]) => {
    run.meter.grow(keyColumn + key.length);
    const head = `${' '.repeat(keyColumn)}${plainOrQuoted(key)}:`;
    if (isCollection(item)) {
      const lines = blockLines(item, keyColumn + 2, keyColumn + 1, run, depth + 1);
      const [first = ''] = lines;
      return first === '[]' || first === '{}' ? [`${head} ${first}`] : [head, ...lines];
    }
    const [first = '', ...rest] = scalarLines(item, keyColumn, run);
    return [`${head} ${first}`, ...rest];
  });
}

type Collection = Value[] | Range | ValueMap | Lookup;

function isCollection(value: Value): value is Collection {
  return isList(value) || isMap(value);
}

function scalarLines(value: Value, column: number, run: Run): string[] {
  run.meter.spend(2);
  if (typeof value !== 'string') {
    if (value instanceof Decimal) return [value.digits];
    return [isDate(value) ? isoText(value) : String(value)];
  }
  run.meter.grow(value.length);
  if (value.includes('\n') && LITERAL.test(value)) return literalLines(value, column + 2, run);
  return [plainOrQuoted(value)];
}

const NEEDS_QUOTES = /^$|^[\s\-?:,[\]{}#&*!|>'"%@`~=<]|: |:$| #|\s$|[\p{Cc}\p{Zl}\p{Zp}]/u;
const READS_AS_ANOTHER =
  /^(?:null|true|false|yes|no|on|off|y|n|\.nan|[+-]?\.inf)$|^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?$|^0[xo][\da-f]+$/i;

function plainOrQuoted(text: string): string {
  return NEEDS_QUOTES.test(text) || READS_AS_ANOTHER.test(text) ? JSON.stringify(text) : text;
}

/** A text that can stand as it is behind a bar: no control characters, and a first line that shows its indent. */
const LITERAL = /^[^\s][\P{Cc}\n\t]*$/u;

/** The sign behind the bar says how many line breaks end the text. */
function literalLines(text: string, column: number, run: Run): string[] {
  const chomping = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-';
  const lines = text.replace(/\n$/, '').split('\n');
  run.meter.grow(lines.length * column);
  const indent = ' '.repeat(column);
  return [`|${chomping}`, ...lines.map((line) => (line === '' ? '' : indent + line))];
}
