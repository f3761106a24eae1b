/** JSON without loss: integers beyond 2^53 are bigints and decimals that a double cannot hold keep their digits, so a
 *  number leaves exactly as it came. Everything that stores or sends a user's values goes through here. */

/** A decimal number that no double holds exactly, kept as its digits. */
export class Decimal {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }

  toString(): string {
    return this.digits;
  }

  valueOf(): number {
    return Number(this.digits);
  }

  /** Its digits, as a number. */
  toJSON(): unknown {
    return native.rawJSON(this.digits.replace(/^\+/, ''));
  }
}

export type JsonPrimitive = null | boolean | number | bigint | Decimal | string;
export type Json = JsonPrimitive | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** JavaScript's own lossless hooks, which TypeScript's library does not describe yet. */
const native = JSON as unknown as {
  rawJSON(text: string): unknown;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
};

/** A text without sixteen digits in a row (points aside) cannot hold a number that a double would change. */
const MAYBE_LONG_NUMBER = /\d[\d.]{15}|[eE][+-]?\d{3}/;

/** Parses JSON text; throws SyntaxError on malformed text. */
export function parseJson(text: string): Json {
  if (!MAYBE_LONG_NUMBER.test(text)) return JSON.parse(text) as Json;
  return native.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? parseNumber(source) : value,
  ) as Json;
}

/** The number written as `source`: a number when a double holds it, else a bigint or a Decimal. */
export function parseNumber(source: string): number | bigint | Decimal {
  const value = Number(source);
  if (/^[+-]?\d+$/.test(source)) return Number.isSafeInteger(value) ? value : BigInt(source);
  if (!Number.isFinite(value)) return new Decimal(source);
  return significantDigits(source).length > 15 && significantDigits(String(value)) !== significantDigits(source)
    ? new Decimal(source)
    : value;
}

function significantDigits(source: string): string {
  const [mantissa = ''] = source.toLowerCase().split('e');
  return mantissa.replace(/[-+.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
}

/** JSON text of a value; `undefined` members are left out. A replacer makes it several times slower, and only bigints need one. */
export function stringifyJson(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, raw, indent);
  }
}

function raw(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? native.rawJSON(value.toString()) : value;
}

/** A map or null-prototype object; not a list, a Decimal or a null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Decimal);
}
