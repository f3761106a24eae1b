/** Values as block YAML: as few quotes as possible, lists one space in. */
import { Decimal } from '../protocol/json.ts';
import { isoText } from './dates/text.ts';
import { isDate, isList, isMap } from './value.ts';
import type { Run } from './run.ts';
import type { Value } from './value.ts';

export function toYaml(value: Value, run: Run): string {
  const text = node(value, 0, run, 0);
  return `${text.startsWith('\n') ? text.slice(1) : text.trimStart()}\n`;
}

/** The text behind a key or a dash: ` scalar`, or lines of their own. */
function node(value: Value, indent: number, run: Run, depth: number): string {
  run.descend(depth);
  if (isList(value)) {
    if (value.length === 0) return ' []';
    return grown(
      run.items(value).map((item) => line(indent + 1, '-', node(item, indent + 3, run, depth + 1), true)),
      run,
    );
  }
  if (isMap(value)) {
    const entries = run.entries(value);
    if (entries.length === 0) return ' {}';
    return grown(
      entries.map(([key, item]) => line(indent, `${scalar(key, 0)}:`, under(item, indent, run, depth), false)),
      run,
    );
  }
  return ` ${scalar(value, indent)}`;
}

/** A list stands at the indent of its key, one space in; a map two. */
function under(item: Value, indent: number, run: Run, depth: number): string {
  return node(item, isMap(item) ? indent + 2 : indent, run, depth + 1);
}

function grown(lines: string[], run: Run): string {
  const text = lines.join('');
  run.meter.grow(text.length);
  return text;
}

/** A dash takes the first line of what follows onto its own line. */
function line(indent: number, mark: string, content: string, joins: boolean): string {
  const body = joins && content.startsWith('\n') ? ` ${content.trimStart()}` : content;
  return `\n${' '.repeat(indent)}${mark}${body}`;
}

const NEEDS_QUOTES = /^$|^[\s\-?:,[\]{}#&*!|>'"%@`]|^[~=<]|: |:$| #|\s$|[\p{Cc}\u2028\u2029]/u;
const READS_AS_ANOTHER =
  /^(?:~|null|true|false|yes|no|on|off|y|n|\.nan|[+-]?\.inf)$|^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?$|^0[xo][\da-f]+$/i;

function scalar(value: Value, indent: number): string {
  if (typeof value !== 'string') {
    if (value instanceof Decimal) return value.digits;
    return isDate(value) ? isoText(value) : String(value);
  }
  if (value.includes('\n') && /^[^\s][\P{Cc}\n\t]*$/u.test(value)) return literalBlock(value, indent);
  if (NEEDS_QUOTES.test(value) || READS_AS_ANOTHER.test(value)) return JSON.stringify(value);
  return value;
}

/** A text of several lines stays readable; the sign behind the bar says how many line breaks end it. */
function literalBlock(text: string, indent: number): string {
  const chomping = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-';
  const lines = text.replace(/\n$/, '').split('\n');
  const space = ' '.repeat(Math.max(indent, 2));
  return `|${chomping}\n${lines.map((one) => (one === '' ? '' : space + one)).join('\n')}`;
}
