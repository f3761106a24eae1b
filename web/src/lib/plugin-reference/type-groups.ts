/** The catalogue as the reference lists it: by package, searched in names and titles. */
import type { PluginGroup, TypeSummary } from '../api/plugins.ts';

export interface ListedType extends TypeSummary {
  kind: 'task' | 'trigger' | 'condition';
  /** The last part of the type: `Log` of `core.log.Log`. */
  name: string;
}

export interface TypeGroup {
  /** `core.log` */
  name: string;
  types: ListedType[];
}

export function typeGroups(plugins: readonly PluginGroup[], q: string): TypeGroup[] {
  const words = q
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const groups = new Map<string, ListedType[]>();
  for (const type of plugins.flatMap(typesOf)) {
    const text = `${type.cls} ${type.title ?? ''}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) continue;
    const group = type.cls.slice(0, Math.max(0, type.cls.lastIndexOf('.')));
    const types = groups.get(group);
    if (types) types.push(type);
    else groups.set(group, [type]);
  }
  return [...groups]
    .map(([name, types]) => ({ name, types: types.sort((a, b) => a.name.localeCompare(b.name)) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function typesOf({ tasks = [], triggers = [], conditions = [] }: PluginGroup): ListedType[] {
  const listed = (kind: ListedType['kind']) => (type: TypeSummary) => ({
    ...type,
    kind,
    name: type.cls.split('.').at(-1) ?? type.cls,
  });
  return [...tasks.map(listed('task')), ...triggers.map(listed('trigger')), ...conditions.map(listed('condition'))];
}
