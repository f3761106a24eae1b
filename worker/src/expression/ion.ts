/** Amazon ION, as text: what `toIon` writes and `fromIon` reads. Annotations are skipped; symbols and timestamps are texts. */
import { EXPRESSION_VALUE_DEPTH_MAX } from '../limits.ts';
import { isoText } from './dates/text.ts';
import { Fault, argumentFault } from './error.ts';
import { isNumber, isWhole, readNumber } from './numbers.ts';
import { isDate, isList, mapSet } from './value.ts';
import type { Decimal } from '../protocol/json.ts';
import type { Run } from './run.ts';
import type { Value, ValueMap } from './value.ts';

const SYMBOL = /^[A-Za-z_$][A-Za-z0-9_$]*$/;
const KEYWORDS: ReadonlySet<string> = new Set(['null', 'true', 'false', 'nan']);

export function toIon(value: Value, run: Run, depth = 0): string {
  run.descend(depth);
  if (typeof value === 'string') {
    run.meter.grow(value.length + 2);
    return JSON.stringify(value);
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (isNumber(value)) return isWhole(value) ? String(value) : floatText(value);
  if (isDate(value)) return JSON.stringify(isoText(value));
  run.meter.grow(2);
  return isList(value)
    ? `[${run
        .items(value)
        .map((item) => toIon(item, run, depth + 1))
        .join(',')}]`
    : `{${run
        .entries(value)
        .map(([key, item]) => `${symbol(key, run)}:${toIon(item, run, depth + 1)}`)
        .join(',')}}`;
}

function symbol(key: string, run: Run): string {
  run.meter.grow(key.length + 2);
  return SYMBOL.test(key) && !KEYWORDS.has(key)
    ? key
    : `'${JSON.stringify(key).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A double has an exponent, always: without it the number would be a decimal. */
function floatText(value: number | bigint | Decimal): string {
  const digits = String(value);
  return /[eE]/.test(digits) ? digits : `${digits}e0`;
}

/** The values of an ION text, in their order. */
export function parseIon(text: string, run: Run): Value[] {
  run.meter.spend(text.length);
  return new IonReader(text).all();
}

/** The same for the line of a file, whose length its reader bounds. */
export function readIon(text: string): Value[] {
  return new IonReader(text).all();
}

const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[^]*?\*\/|"(?:[^"\\]|\\[^])*"|'''[^]*?'''|'(?:[^'\\]|\\[^])*'|::|[[\]{}(),:]|[^\s[\]{}(),:'"/]+(?::\d\d[^\s[\]{}(),'"/]*)*/y;

class IonReader {
  readonly #text: string;
  #at = 0;
  #token: string | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#advance();
  }

  all(): Value[] {
    const values: Value[] = [];
    while (this.#token !== undefined) values.push(this.#value(0));
    return values;
  }

  #value(depth: number): Value {
    if (depth > EXPRESSION_VALUE_DEPTH_MAX) {
      throw new Fault(
        'expression_depth_exceeded',
        `The ION text is nested deeper than ${EXPRESSION_VALUE_DEPTH_MAX} levels`,
      );
    }
    const token = this.#take();
    if (token === '[') return this.#items(']', depth);
    if (token === '(') return this.#items(')', depth);
    if (token === '{') return this.#struct(depth);
    if (this.#token === '::') {
      this.#advance();
      return this.#value(depth);
    }
    return this.#scalar(token);
  }

  #items(close: string, depth: number): Value[] {
    const items: Value[] = [];
    while (this.#token !== close) {
      items.push(this.#value(depth + 1));
      if (this.#token === ',') this.#advance();
      else if (close === ']' && this.#token !== close) throw this.#malformed();
    }
    this.#advance();
    return items;
  }

  #struct(depth: number): ValueMap {
    const map: ValueMap = {};
    while (this.#token !== '}') {
      const key = this.#take();
      if (!/^["'A-Za-z_$]/.test(key) || this.#take() !== ':') throw this.#malformed();
      mapSet(map, /^["']/.test(key) ? this.#quoted(key) : key, this.#value(depth + 1));
      if (this.#token === ',') this.#advance();
      else if (this.#token !== '}') throw this.#malformed();
    }
    this.#advance();
    return map;
  }

  #scalar(token: string): Value {
    if (/^["']/.test(token)) return this.#quoted(token);
    if (token === 'true' || token === 'false') return token === 'true';
    if (token === 'null' || token.startsWith('null.')) return null;
    const number = readNumber(token.replaceAll('_', '').replace(/[dD](?=[+-]?\d+$)/, 'e'));
    if (number !== undefined) return number;
    if (SYMBOL.test(token) || /^\d{4}(?:-\d\d){0,2}T?/.test(token)) return token;
    throw this.#malformed();
  }

  #quoted(token: string): string {
    const long = token.startsWith("'''");
    const inner = long ? token.slice(3, -3) : token.slice(1, -1);
    const escaped = inner.replaceAll(/\\[^]|["\p{Cc}]/gu, (part) =>
      part === "\\'" ? "'" : part.length === 1 ? JSON.stringify(part).slice(1, -1) : part,
    );
    try {
      return String(JSON.parse(`"${escaped}"`));
    } catch {
      throw this.#malformed();
    }
  }

  #take(): string {
    const token = this.#token;
    if (token === undefined) throw this.#malformed();
    this.#advance();
    return token;
  }

  #advance(): void {
    for (;;) {
      if (this.#at >= this.#text.length) {
        this.#token = undefined;
        return;
      }
      TOKEN.lastIndex = this.#at;
      const match = TOKEN.exec(this.#text);
      if (match === null) throw this.#malformed();
      this.#at = TOKEN.lastIndex;
      if (/^(?:\s|\/[/*])/.test(match[0])) continue;
      this.#token = match[0];
      return;
    }
  }

  #malformed(): Fault {
    return argumentFault(`The text is not ION (near character ${this.#at + 1})`);
  }
}
