import { integerOf, listOf, optionalText } from '../callable.ts';
import { isEqual } from '../equality.ts';
import { argumentFault } from '../error.ts';
import { compareNumbers, isNumber } from '../numbers.ts';
import { toText } from '../text.ts';
import { describe, isList, isMap, mapKeys, mapSet } from '../value.ts';
import type { Filter } from '../callable.ts';
import type { Run } from '../run.ts';
import type { Value, ValueMap } from '../value.ts';

export const collectionFilters: readonly Filter[] = [
  {
    name: 'chunk',
    parameters: ['size'],
    about: 'The list cut into lists of a size.',
    apply(input, [size], run) {
      const items = run.items(listOf(input, 'input'));
      const width = integerOf(size, 'size');
      if (width < 1) throw argumentFault('`size` must be at least 1');
      return Array.from({ length: Math.ceil(items.length / width) }, (_, index) =>
        items.slice(index * width, (index + 1) * width),
      );
    },
  },
  {
    name: 'distinct',
    parameters: [],
    about: 'The list without repetitions, in its order.',
    apply: (input, _args, run) => distinct(run.items(listOf(input, 'input')), run),
  },
  {
    name: 'first',
    parameters: [],
    about: 'The first item of a list, or the first character of a text.',
    apply: (input, _args, run) => itemsOf(input, run).at(0) ?? null,
  },
  {
    name: 'last',
    parameters: [],
    about: 'The last item of a list, or the last character of a text.',
    apply: (input, _args, run) => itemsOf(input, run).at(-1) ?? null,
  },
  {
    name: 'flatten',
    parameters: [],
    about: 'The list with the items of the lists in it, one level deep.',
    apply(input, _args, run) {
      const items = run.items(listOf(input, 'input'));
      run.checkItems(items.reduce<number>((sum, item) => sum + (isList(item) ? item.length : 1), 0));
      return items.flatMap((item) => (isList(item) ? run.items(item) : [item]));
    },
  },
  {
    name: 'join',
    parameters: ['separator'],
    about: 'The items of a list as one text.',
    apply(input, [separator], run) {
      const glue = optionalText(separator, 'separator', run) ?? '';
      const items = run.items(listOf(input, 'input'));
      run.meter.grow(glue.length * items.length);
      let text = '';
      items.forEach((item, index) => {
        const next = toText(item, run);
        run.meter.grow(next.length);
        text += index === 0 ? next : glue + next;
      });
      return text;
    },
  },
  {
    name: 'keys',
    parameters: [],
    about: 'The keys of a map, or the indexes of a list.',
    apply(input, _args, run) {
      if (isList(input)) return run.items(input).map((_, index) => index);
      if (isMap(input)) return [...mapKeys(input)];
      throw argumentFault(`\`keys\` needs a map or a list, not ${describe(input)}`);
    },
  },
  {
    name: 'values',
    parameters: [],
    about: 'The values of a map.',
    apply(input, _args, run) {
      if (!isMap(input)) throw argumentFault(`\`values\` needs a map, not ${describe(input)}`);
      return run.entries(input).map(([, value]) => value);
    },
  },
  {
    name: 'length',
    parameters: [],
    about: 'How many characters a text, items a list or members a map has; 0 for null.',
    acceptsNull: true,
    apply(input) {
      if (typeof input === 'string' || isList(input)) return input.length;
      return isMap(input) ? [...mapKeys(input)].length : 0;
    },
  },
  {
    name: 'merge',
    parameters: ['items'],
    about: 'Two lists one after the other, or two maps in one; the second one wins.',
    acceptsNull: true,
    apply: (input, [items], run) => merge(input, items ?? null, run),
  },
  {
    name: 'reverse',
    parameters: [],
    about: 'The list from its end.',
    apply: (input, _args, run) => run.items(listOf(input, 'input')).toReversed(),
  },
  {
    name: 'sort',
    parameters: [],
    about: 'The list in rising order.',
    apply: (input, _args, run) => sorted(run.items(listOf(input, 'input')), run),
  },
  {
    name: 'rsort',
    parameters: [],
    about: 'The list in falling order.',
    apply: (input, _args, run) => sorted(run.items(listOf(input, 'input')), run).toReversed(),
  },
  {
    name: 'slice',
    parameters: ['fromIndex|from', 'toIndex|to'],
    about: 'A part of a list or a text; the end is exclusive.',
    apply(input, [fromIndex, toIndex], run) {
      if (typeof input !== 'string' && !isList(input))
        throw argumentFault(`\`slice\` needs a list or a text, not ${describe(input)}`);
      const from = fromIndex === undefined || fromIndex === null ? 0 : integerOf(fromIndex, 'fromIndex');
      const to = toIndex === undefined || toIndex === null ? input.length : integerOf(toIndex, 'toIndex');
      if (from < 0) throw argumentFault('`fromIndex` must not be negative');
      if (to > input.length || from > to) {
        throw argumentFault(`\`toIndex\` must be between \`fromIndex\` and the length of the input, ${input.length}`);
      }
      return typeof input === 'string' ? input.slice(from, to) : run.items(input).slice(from, to);
    },
  },
];

function itemsOf(input: Value, run: Run): string | Value[] {
  return typeof input === 'string' ? input : run.items(listOf(input, 'input'));
}

function distinct(items: readonly Value[], run: Run): Value[] {
  const texts = new Set<Value>();
  const others: Value[] = [];
  return items.filter((item) => {
    run.meter.spend(1);
    if (typeof item === 'string') return !texts.has(item) && texts.add(item);
    run.meter.spend(others.length);
    if (others.some((other) => isEqual(other, item, run))) return false;
    others.push(item);
    return true;
  });
}

function sorted(items: readonly Value[], run: Run): Value[] {
  run.meter.spend(items.length * Math.ceil(Math.log2(items.length + 1)));
  return items.toSorted((a, b) => {
    if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
    if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
    if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
    throw argumentFault(`Cannot sort ${describe(a)} and ${describe(b)} together`);
  });
}

function merge(input: Value, added: Value, run: Run): Value {
  if (input === null) {
    if (added === null) throw argumentFault('`merge` needs something to merge, both sides are null');
    return added;
  }
  if (added === null) return input;
  if (isList(input)) {
    if (!isList(added) && !isMap(added))
      throw argumentFault(`A list merges with a list or a map, not with ${describe(added)}`);
    const more = isList(added) ? run.items(added) : run.entries(added).map(([key, value]) => ({ key, value }));
    run.checkItems(input.length + more.length);
    return [...run.items(input), ...more];
  }
  if (!isMap(input)) throw argumentFault(`\`merge\` needs a list or a map, not ${describe(input)}`);
  if (!isList(added) && !isMap(added))
    throw argumentFault(`A map merges with a map or a list, not with ${describe(added)}`);
  const merged: ValueMap = Object.fromEntries(run.entries(input));
  const entries = isList(added)
    ? run.items(added).map((item) => [toText(item, run), item] as const)
    : run.entries(added);
  for (const [key, value] of entries) mapSet(merged, key, value);
  return merged;
}
