/** Desired state and actual state in, a plan out.
 *   P1. What is equal byte for byte is not touched.
 *   P2. Nothing is deleted unasked, and only in namespaces that the files speak of.
 *   P3. A change remembers what it was planned against, so that whoever applies it can tell that this has moved. */
import {
  compareItems,
  digestOf,
  fullKeyOf,
  isSameContent,
  keyOf,
  type Content,
  type ItemRef,
  type Kind,
  type PresentItem,
  type WantedItem,
} from './item.ts';
import type { Managed } from './managed.ts';

export interface WantedTree {
  items: WantedItem[];
  /** Namespaces that the files describe wholly (they have a namespace.yaml), not just some flows of them. */
  whole: ReadonlySet<string>;
}

export interface NamespaceState {
  namespace: string;
  items: PresentItem[];
  managed: Managed;
}

export const PRUNES = ['nothing', 'managed', 'all'] as const;
/** `managed`: what came from files and has none any more; `all`: flows and files that others made, too. */
export type Prune = (typeof PRUNES)[number];

export type Change = Create | Update | Delete;

interface Create extends ItemRef {
  action: 'create';
  place: string;
  after: Content;
  variable?: string;
}
interface Update extends ItemRef {
  action: 'update';
  place: string;
  before: Content;
  after: Content;
  base: string;
  /** Somebody changed it on the server after it was last applied. */
  isDrift: boolean;
  /** Set when the secret's value is written, too: values cannot be compared. */
  variable?: string;
}
interface Delete extends ItemRef {
  action: 'delete';
  before: Content;
  base: string;
  isDrift: boolean;
}

export interface Plan {
  changes: Change[];
  unchanged: number;
  /** Each namespace's managed set after the plan, where it differs from the one that it has. */
  managed: Record<string, Managed>;
  /** Managed, without a file, and kept because nobody asked to prune. */
  leftovers: ItemRef[];
  /** Secrets that the files only name, and the server does not have. */
  missingSecrets: (ItemRef & { place: string })[];
}

export interface PlanOptions {
  prune: Prune;
  /** Write the values of all secrets whose variables are named, not only of new ones. */
  writesSecrets: boolean;
}

export function planTree(wanted: WantedTree, states: readonly NamespaceState[], options: PlanOptions): Plan {
  const plans = states.map((state) => planNamespace(wanted, state, options));
  return {
    changes: plans.flatMap(({ changes }) => changes).toSorted(compareItems),
    unchanged: plans.reduce((sum, { unchanged }) => sum + unchanged, 0),
    managed: Object.assign({}, ...plans.map(({ managed }) => managed)),
    leftovers: plans.flatMap(({ leftovers }) => leftovers).toSorted(compareItems),
    missingSecrets: plans.flatMap(({ missingSecrets }) => missingSecrets),
  };
}

function planNamespace(wanted: WantedTree, state: NamespaceState, options: PlanOptions): Plan {
  const { namespace, managed } = state;
  const items = wanted.items.filter((item) => item.namespace === namespace);
  const present = new Map(state.items.map((item) => [keyOf(item), item]));
  const missingSecrets = items.filter(
    (item) => item.kind === 'secret' && item.variable === undefined && !present.has(keyOf(item)),
  );
  const writable = items.filter((item) => !missingSecrets.includes(item));
  const writes = writable.flatMap((item) => toWrite(item, present.get(keyOf(item)), managed, options));

  const named = new Set(items.map(keyOf));
  const isWhole = wanted.whole.has(namespace);
  const extra = state.items.filter((item) => !named.has(keyOf(item)) && isInScope(item.kind, isWhole));
  const deletes = extra
    .filter((item) => isPruned(item, managed, options.prune))
    .map(({ content, ...item }): Delete => {
      return { action: 'delete', ...item, before: content, isDrift: isDrift(item, content, managed) };
    });
  const deleted = new Set(deletes.map(keyOf));
  // What was not read cannot be known to be gone.
  const isKept = (key: string) => !deleted.has(key) && (present.has(key) || (!isWhole && !key.startsWith('flow/')));
  const next = {
    ...Object.fromEntries(Object.entries(managed).filter(([key]) => !named.has(key) && isKept(key))),
    ...Object.fromEntries(writable.map((item) => [keyOf(item), digestOf(item.content)])),
  };
  return {
    changes: [...writes, ...deletes],
    unchanged: writable.length - writes.length,
    managed: sameMembers(next, managed) ? {} : { [namespace]: next },
    leftovers: extra
      .filter((item) => keyOf(item) in managed && !deleted.has(keyOf(item)))
      .map(({ kind, name }) => ({ kind, namespace, name })),
    missingSecrets: missingSecrets.map(({ kind, name, place }) => ({ kind, namespace, name, place })),
  };
}

function toWrite(
  { content, variable, ...item }: WantedItem,
  present: PresentItem | undefined,
  managed: Managed,
  { writesSecrets }: PlanOptions,
): Change[] {
  if (present === undefined) return [{ action: 'create', ...item, after: content, ...(variable && { variable }) }];
  const writesValue = writesSecrets && variable !== undefined;
  if (isSameContent(present.content, content) && !writesValue) return [];
  return [
    {
      action: 'update',
      ...item,
      before: present.content,
      after: content,
      base: present.base,
      isDrift: isDrift(item, present.content, managed),
      ...(writesValue && { variable }),
    },
  ];
}

function isDrift(item: ItemRef, content: Content, managed: Managed): boolean {
  const applied = managed[keyOf(item)];
  return applied !== undefined && applied !== digestOf(content);
}

/** Loose flows say nothing about the files and values of their namespace. */
function isInScope(kind: Kind, isWhole: boolean): boolean {
  return kind === 'flow' || (isWhole && kind !== 'namespace');
}

/** Values and secrets that nobody applied may be a flow's memory or a person's credential: never ours to delete. */
function isPruned(item: ItemRef, managed: Managed, prune: Prune): boolean {
  if (prune === 'nothing') return false;
  return keyOf(item) in managed || (prune === 'all' && (item.kind === 'flow' || item.kind === 'file'));
}

function sameMembers(one: Managed, other: Managed): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

/** Changes whose object is no longer what it was when they were planned. */
export function movedChanges(changes: readonly Change[], states: readonly NamespaceState[]): Change[] {
  const bases = new Map(states.flatMap(({ items }) => items.map((item) => [fullKeyOf(item), item.base])));
  return changes.filter(
    (change) => bases.get(fullKeyOf(change)) !== (change.action === 'create' ? undefined : change.base),
  );
}

/** Whether the server holds already what the changes lead to; a secret's value cannot be known, so writing one never is. */
export function isInPlace(changes: readonly Change[], states: readonly NamespaceState[]): boolean {
  const contents = new Map(states.flatMap(({ items }) => items.map((item) => [fullKeyOf(item), item.content])));
  return changes.every((change) => {
    const content = contents.get(fullKeyOf(change));
    if (change.action === 'delete') return content === undefined;
    return (
      content !== undefined &&
      isSameContent(content, change.after) &&
      !('variable' in change && change.action === 'update')
    );
  });
}

export type Counts = Record<Change['action'], number>;

export function countChanges(changes: readonly Change[]): Counts {
  const counts: Counts = { create: 0, update: 0, delete: 0 };
  for (const { action } of changes) counts[action] += 1;
  return counts;
}
