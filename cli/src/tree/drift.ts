/** What runs, compared with what the files say. The digests of the last apply tell whose change a difference is. */
import {
  compareItems,
  digestOf,
  isSameContent,
  keyOf,
  type Content,
  type ItemRef,
  type PresentItem,
  type WantedItem,
} from './item.ts';
import type { Managed } from './managed.ts';
import type { NamespaceState, WantedTree } from './plan.ts';

export const DRIFT_KINDS = ['changed', 'gone', 'unmanaged', 'waiting'] as const;
/** `changed`, `gone`: on the server, after it was applied; `unmanaged`: made there, in no file; `waiting`: the file is
 *  newer, or new, and has not been applied. */
export type DriftKind = (typeof DRIFT_KINDS)[number];

export interface Drift extends ItemRef {
  drift: DriftKind;
  /** In the files, and on the server. */
  wanted?: Content;
  present?: Content;
}

export function findDrift({ items, whole }: WantedTree, states: readonly NamespaceState[]): Drift[] {
  return states
    .flatMap(({ namespace, items: present, managed }) => {
      const wanted = items.filter((item) => item.namespace === namespace);
      return [...ofFiles(wanted, present, managed), ...ofServer(wanted, present, whole.has(namespace))];
    })
    .toSorted(compareItems);
}

function ofFiles(wanted: WantedItem[], present: PresentItem[], managed: Managed): Drift[] {
  const found = new Map(present.map((item) => [keyOf(item), item]));
  return wanted.flatMap(({ kind, namespace, name, content }): Drift[] => {
    const key = keyOf({ kind, name });
    const there = found.get(key);
    const ref = { kind, namespace, name, wanted: content };
    if (there === undefined) return [{ ...ref, drift: key in managed ? 'gone' : 'waiting' }];
    if (isSameContent(there.content, content)) return [];
    const isOurs = managed[key] === digestOf(there.content);
    return [{ ...ref, present: there.content, drift: isOurs ? 'waiting' : 'changed' }];
  });
}

/** Keys and secrets that are in no file may be flows' own; they say nothing about the files. */
function ofServer(wanted: WantedItem[], present: PresentItem[], isWhole: boolean): Drift[] {
  const named = new Set(wanted.map(keyOf));
  return present
    .filter((item) => !named.has(keyOf(item)) && (item.kind === 'flow' || (isWhole && item.kind === 'file')))
    .map(({ kind, namespace, name, content }) => ({ kind, namespace, name, present: content, drift: 'unmanaged' }));
}

export function countDrift(drifts: readonly Drift[]): Record<DriftKind, number> {
  const counts: Record<DriftKind, number> = { changed: 0, gone: 0, unmanaged: 0, waiting: 0 };
  for (const { drift } of drifts) counts[drift] += 1;
  return counts;
}
