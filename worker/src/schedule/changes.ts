/** What has changed between two looks at things that have a name and a version. */
export const CHANGES = ['CREATED', 'UPDATED', 'DELETED'] as const;
export type ChangeKind = (typeof CHANGES)[number];

export interface Change {
  name: string;
  change: ChangeKind;
}

/** In the order of names, those that are gone among the others. */
export function changesBetween(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  wanted: readonly ChangeKind[] = CHANGES,
): Change[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].toSorted().flatMap((name): Change[] => {
    const change = changeOf(before.get(name), after.get(name));
    return change !== undefined && wanted.includes(change) ? [{ name, change }] : [];
  });
}

function changeOf(before: string | undefined, after: string | undefined): ChangeKind | undefined {
  if (before === after) return undefined;
  if (before === undefined) return 'CREATED';
  return after === undefined ? 'DELETED' : 'UPDATED';
}
