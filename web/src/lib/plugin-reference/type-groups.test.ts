import { expect, test } from 'vitest';
import { typeGroups } from './type-groups.ts';

const plugins = [
  {
    name: 'core',
    tasks: [{ cls: 'core.log.Log', title: 'Write a line' }, { cls: 'core.log.Fetch' }, { cls: 'core.http.Request' }],
  },
  { name: 'triggers', triggers: [{ cls: 'core.trigger.Schedule' }] },
];
const names = (q: string) => typeGroups(plugins, q).map(({ name, types }) => [name, types.map((type) => type.name)]);

test('types are listed by package, in order', () => {
  expect(names('')).toEqual([
    ['core.http', ['Request']],
    ['core.log', ['Fetch', 'Log']],
    ['core.trigger', ['Schedule']],
  ]);
});

test('a search needs all of its words, in the name or the title', () => {
  expect(names('log LINE')).toEqual([['core.log', ['Log']]]);
  expect(names('nothing')).toEqual([]);
});

test('a type says what kind it is', () => {
  expect(typeGroups(plugins, 'schedule')[0]?.types[0]?.kind).toBe('trigger');
});
