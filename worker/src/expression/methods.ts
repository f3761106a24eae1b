/** The methods of Java's texts, lists and maps that templates may call; there are no others. */
import { integerOf, stepsOf, textOf } from './callable.ts';
import { Fault, argumentFault, nearest } from './error.ts';
import { includes, isEqual } from './equality.ts';
import { isEmpty } from './tests.ts';
import { toText } from './text.ts';
import { kindOf, isList, isMap, mapGet, mapKeys, member } from './value.ts';
import { replaceAll } from './replace.ts';
import { splitByRegex } from './regex.ts';
import type { ArgumentValues } from './callable.ts';
import type { Kind, Lookup, Range, Value, ValueMap } from './value.ts';
import type { Run } from './run.ts';

type Method<T> = (target: T, args: ArgumentValues, run: Run) => Value;

const ANY = new Map<string, Method<Value>>([
  ['equals', (target, [other], run) => isEqual(target, other ?? null, run)],
  ['toString', (target, _args, run) => toText(target, run)],
]);

const OF_TEXT = new Map<string, Method<string>>([
  ['length', (text) => text.length],
  ['isEmpty', (text) => text === ''],
  ['contains', (text, [part], run) => text.includes(textOf(part, 'text', run))],
  ['startsWith', (text, [part], run) => text.startsWith(textOf(part, 'prefix', run))],
  ['endsWith', (text, [part], run) => text.endsWith(textOf(part, 'suffix', run))],
  ['indexOf', (text, [part], run) => text.indexOf(textOf(part, 'text', run))],
  ['toUpperCase', (text) => text.toUpperCase()],
  ['toLowerCase', (text) => text.toLowerCase()],
  ['trim', (text) => text.trim()],
  ['split', (text, [pattern], run) => splitByRegex(text, textOf(pattern, 'regex', run), 0, run)],
  [
    'replace',
    (text, [from, to], run) => replaceAll(text, textOf(from, 'target', run), textOf(to, 'replacement', run), run),
  ],
  ['substring', substring],
]);

const OF_LIST = new Map<string, Method<Value[] | Range>>([
  ['size', (list) => list.length],
  ['isEmpty', (list) => list.length === 0],
  ['contains', (list, [item], run) => includes(run.items(list), item ?? null, run)],
  ['get', (list, [index]) => itemAt(list, integerOf(index, 'index'))],
  ['indexOf', (list, [item], run) => run.items(list).findIndex((one) => isEqual(one, item ?? null, run))],
]);

const OF_MAP = new Map<string, Method<ValueMap | Lookup>>([
  ['size', (map) => [...mapKeys(map)].length],
  ['isEmpty', (map) => isEmpty(map)],
  ['containsKey', (map, [key], run) => mapGet(map, toText(key ?? null, run)) !== undefined],
  ['get', (map, [key], run) => mapGet(map, toText(key ?? null, run)) ?? null],
  ['keySet', (map) => [...mapKeys(map)]],
  ['values', (map, _args, run) => run.entries(map).map(([, value]) => value)],
  ['entrySet', (map, _args, run) => run.entries(map).map(([key, value]) => ({ key, value }))],
]);

export function callMethod(target: Value, name: string, args: ArgumentValues, run: Run): Value {
  run.meter.spend(1 + stepsOf([target]) + stepsOf(args));
  const any = ANY.get(name);
  if (any !== undefined && target !== null) return any(target, args, run);
  if (typeof target === 'string') return find(OF_TEXT, 'text', name)(target, args, run);
  if (isList(target)) return find(OF_LIST, 'list', name)(target, args, run);
  if (target !== null && isMap(target)) return find(OF_MAP, 'map', name)(target, args, run);
  throw noMethod(kindOf(target), name, ANY.keys());
}

function find<T>(methods: ReadonlyMap<string, Method<T>>, kind: Kind, name: string): Method<T> {
  const method = methods.get(name);
  if (method === undefined) throw noMethod(kind, name, [...methods.keys(), ...ANY.keys()]);
  return method;
}

function noMethod(kind: Kind, name: string, known: Iterable<string>): Fault {
  const [near] = nearest(name, known);
  const hint = near === undefined ? '' : `. Did you mean \`${near}\`?`;
  return new Fault('expression_unknown', `A ${kind} has no method \`${name}\`${hint}`);
}

function itemAt(list: Value[] | Range, index: number): Value {
  const item = member(list, index);
  if (item === undefined)
    throw argumentFault(`The index ${index} is out of the list's range (0 to ${list.length - 1})`);
  return item;
}

function substring(text: string, [from, to]: ArgumentValues): Value {
  const start = integerOf(from, 'from');
  const end = to === undefined ? text.length : integerOf(to, 'to');
  if (start < 0 || end > text.length || start > end) {
    throw argumentFault(`${start} to ${end} is out of the text's range (0 to ${text.length})`);
  }
  return text.slice(start, end);
}
