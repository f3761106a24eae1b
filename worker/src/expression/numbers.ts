/** Numbers as Java has them: whole numbers of 64 bits and doubles, told apart by how they are held.
 *  A whole number is a safe `number` or a `bigint`; a double is a fractional `number`, or a `Decimal` such as `8.0` when its
 *  value is whole. Numbers of JSON with more digits than a double are Decimals and bigints too and leave unchanged. */
import { EXPRESSION_INTEGER_BITS_MAX } from '../limits.ts';
import { Decimal } from '../protocol/json.ts';
import { argumentFault } from './error.ts';
import { describe } from './value.ts';
import type { Value } from './value.ts';

export type NumberValue = number | bigint | Decimal;
export type Arithmetic = '+' | '-' | '*' | '/' | '%';
export type Comparison = '<' | '>' | '<=' | '>=';

export function isNumber(value: Value): value is NumberValue {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal;
}

export function isWhole(value: NumberValue): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

/** A double that stays one: `4.0` is not the whole number 4. */
export function double(value: number): number | Decimal {
  if (!Number.isFinite(value)) throw argumentFault('The result is not a finite number');
  if (!Number.isInteger(value)) return value;
  return new Decimal(Math.abs(value) < 1e21 ? value.toFixed(1) : String(value));
}

/** The smallest form of a whole number. */
export function whole(value: bigint): number | bigint {
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : value;
}

export function toDouble(value: NumberValue): number {
  return Number(value);
}

export function calculate(operator: Arithmetic, left: Value, right: Value): NumberValue {
  if (typeof left === 'number' && typeof right === 'number' && Number.isInteger(left) && Number.isInteger(right)) {
    const fast = calculateSmall(operator, left, right);
    if (Number.isSafeInteger(fast)) return fast;
  }
  if (!isNumber(left) || !isNumber(right)) {
    throw argumentFault(`\`${operator}\` needs two numbers, not ${describe(left)} and ${describe(right)}`);
  }
  if (isWhole(left) && isWhole(right)) return calculateBig(operator, BigInt(left), BigInt(right));
  const [a, b] = [toDouble(left), toDouble(right)];
  if (b === 0 && (operator === '/' || operator === '%')) throw argumentFault('Division by zero');
  switch (operator) {
    case '+':
      return double(a + b);
    case '-':
      return double(a - b);
    case '*':
      return double(a * b);
    case '/':
      return double(a / b);
    case '%':
      return double(a % b);
  }
}

function calculateSmall(operator: Arithmetic, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b + 0; // never -0
    case '/':
      return b === 0 ? NaN : Math.trunc(a / b) + 0;
    case '%':
      return b === 0 ? NaN : (a % b) + 0;
  }
}

const LONG_BITS = 64;

function calculateBig(operator: Arithmetic, a: bigint, b: bigint): NumberValue {
  if (b === 0n && (operator === '/' || operator === '%')) throw argumentFault('Division by zero');
  const result = calculateExact(operator, a, b);
  // Whole numbers of 64 bits stay in 64 bits; a larger operand (BIGINTEGER) makes the result a large one.
  const isLong = fits(a, LONG_BITS) && fits(b, LONG_BITS);
  const bits = isLong ? LONG_BITS : EXPRESSION_INTEGER_BITS_MAX;
  if (!fits(result, bits)) throw argumentFault(`The result of \`${operator}\` does not fit into ${bits} bits`);
  return whole(result);
}

function calculateExact(operator: Arithmetic, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
  }
}

function fits(value: bigint, bits: number): boolean {
  return BigInt.asIntN(bits, value) === value;
}

/** Less than 0, 0 or more than 0; whole numbers are compared exactly. */
export function compareNumbers(left: NumberValue, right: NumberValue): number {
  if (isWhole(left) && isWhole(right)) return left < right ? -1 : left > right ? 1 : 0;
  const [a, b] = [toDouble(left), toDouble(right)];
  if (a !== b) return a < b ? -1 : 1;
  // Two that a double cannot tell apart, of which one has more digits than a double.
  return left instanceof Decimal && right instanceof Decimal ? compareDigits(left.digits, right.digits) : 0;
}

function compareDigits(a: string, b: string): number {
  const plain = /^[+-]?\d+(\.\d+)?$/;
  if (a === b || !plain.test(a) || !plain.test(b)) return 0;
  const scale = Math.max(fractionOf(a).length, fractionOf(b).length);
  const [x, y] = [scaled(a, scale), scaled(b, scale)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function fractionOf(digits: string): string {
  return digits.split('.')[1] ?? '';
}

function scaled(digits: string, scale: number): bigint {
  return BigInt((digits.split('.')[0] ?? '').replace('+', '') + fractionOf(digits).padEnd(scale, '0'));
}

/** `<` and its kin: null is neither less nor more than anything. */
export function compares(operator: Comparison, left: Value, right: Value): boolean {
  if (left === null || right === null) return false;
  if (!isNumber(left) || !isNumber(right)) {
    throw argumentFault(`\`${operator}\` compares numbers, not ${describe(left)} and ${describe(right)}`);
  }
  const order = compareNumbers(left, right);
  switch (operator) {
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
  }
}

/** Reads a number's text as Java's constructors do: digits, sign, fraction, exponent; undefined when it is none. */
export function readNumber(text: string): NumberValue | undefined {
  if (/^[+-]?\d+$/.test(text)) {
    if (text.length > EXPRESSION_INTEGER_BITS_MAX / 4) return undefined;
    return whole(BigInt(text.replace(/^\+/, '')));
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? double(value) : undefined;
}
