/** Whether what was got is what a vector expects, file by file. */
import { isDeepStrictEqual } from 'node:util';
import { isMap, matches } from './matchers.ts';

export type Got = Record<string, unknown>;
type Expect = Record<string, unknown>;

/** `question` is the vector without what it expects. */
export type Judge = (expect: unknown, got: Got, question?: Got) => boolean;

export const judgeSource: Judge = (expect, got) => {
  if (!isMap(expect) || got.valid !== expect.valid) return false;
  return hasParts(expect.messagesContain, Array.isArray(got.messages) ? got.messages.join('\n') : '');
};

export const judgeProperties: Judge = (expect, got) => matches(expect, got.properties);

export const judgeInputs: Judge = (expect, got) => {
  if (!isMap(expect)) return false;
  if (isMap(expect.error)) return typeof got.error === 'string' && hasParts(expect.error.contains, got.error);
  if (got.error !== undefined) return false;
  const values = isMap(got.values) ? got.values : {};
  const errors = isMap(got.errors) ? got.errors : {};
  return (
    isAsExpected(expect, 'values', values) &&
    texts(expect.hasKeys).every((id) => Object.hasOwn(values, id)) &&
    texts(expect.absent).every((id) => values[id] === undefined) &&
    isAsExpected(expect, 'enabled', got.enabled) &&
    texts(expect.validationErrors).every((id) => Boolean(errors[id])) &&
    isAsExpected(expect, 'resolvedValues', got.resolvedValues) &&
    isAsExpected(expect, 'fileStored', got.fileStored)
  );
};

export const judgeExpression: Judge = (expect, got) => {
  if (isMap(expect) && expect.error === true)
    return typeof got.error === 'string' && hasParts(expect.messageContains, got.error);
  if (got.error !== undefined) return false;
  if (isMap(expect) && expect.value !== undefined) {
    return expect.keyOrder === true
      ? JSON.stringify(expect.value) === JSON.stringify(got.value)
      : isDeepStrictEqual(expect.value, plain(got.value));
  }
  const { text } = got;
  if (typeof text !== 'string') return false;
  if (!isMap(expect)) return text === expect;
  return Object.entries(expect).every(([name, wanted]) => {
    const check = Object.hasOwn(TEXT_CHECKS, name) ? TEXT_CHECKS[name] : undefined;
    return check !== undefined && attempt(() => check(wanted, text));
  });
};

const TEXT_CHECKS: Record<string, (wanted: unknown, text: string) => boolean> = {
  contains: (parts, text) => hasParts(parts, text),
  in: (values, text) => Array.isArray(values) && values.includes(text),
  regex: (pattern, text) => new RegExp(String(pattern)).test(text),
  not: (other, text) => text !== other,
  nonEmpty: (wanted, text) => (text !== '') === wanted,
  json: (value, text) => isDeepStrictEqual(JSON.parse(text), value),
  jsonSet: (values, text) => matches({ $setEquals: values }, JSON.parse(text)),
  jsonIncludes: (values, text) =>
    Array.isArray(values) && values.every((value) => matches({ $contains: value }, JSON.parse(text))),
  jsonContains: (map, text) => matches(map, JSON.parse(text)),
  intBetween: (bounds, text) =>
    Array.isArray(bounds) && /^-?\d+$/.test(text) && Number(text) >= bounds[0] && Number(text) <= bounds[1],
  containsToday: (wanted, text) => text.includes(new Date().toISOString().slice(0, 10)) === wanted,
};

function isAsExpected(expect: Expect, name: string, actual: unknown): boolean {
  return expect[name] === undefined || matches(expect[name], actual);
}

function hasParts(parts: unknown, text: string): boolean {
  return texts(parts).every((part) => text.includes(part));
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** As JSON holds it: without prototypes. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function attempt(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
