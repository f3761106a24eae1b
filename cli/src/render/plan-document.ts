/** A plan for a program: stable names, and contents only where they are text. */
import type { Content, ItemRef } from '../tree/item.ts';
import { countChanges, type Change, type Counts, type Plan } from '../tree/plan.ts';

export interface PlanDocument {
  summary: Counts & { unchanged: number };
  changes: ChangeDocument[];
  leftovers: ItemRef[];
  missingSecrets: ItemRef[];
}

export interface ChangeDocument extends ItemRef {
  action: Change['action'];
  file?: string;
  base?: string;
  isDrift: boolean;
  before?: string;
  after?: string;
}

export function planDocument({ changes, unchanged, leftovers, missingSecrets }: Plan): PlanDocument {
  return {
    summary: { ...countChanges(changes), unchanged },
    changes: changes.map(changeDocument),
    leftovers,
    missingSecrets: missingSecrets.map(({ kind, namespace, name }) => ({ kind, namespace, name })),
  };
}

function changeDocument(change: Change): ChangeDocument {
  const { action, kind, namespace, name } = change;
  return {
    action,
    kind,
    namespace,
    name,
    ...(change.action === 'delete' ? {} : { file: change.place, after: textOf(change.after) }),
    ...(change.action === 'create' ? {} : { base: change.base, before: textOf(change.before) }),
    isDrift: change.action !== 'create' && change.isDrift,
  };
}

function textOf(content: Content): string | undefined {
  return 'text' in content ? content.text : undefined;
}
