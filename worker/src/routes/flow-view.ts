/** Flows as the API shows them. */
import { z } from '@hono/zod-openapi';
import type { StoredFlow } from '../db/flows.ts';
import { compileCached } from '../flow/compile-cache.ts';
import { formatDiagnostic } from '../flow/diagnostic.ts';
import { flowView } from '../flow/view.ts';
import { instant } from './respond.ts';

/** What every flow has; the rest is as its source says, with types as they were written. */
export const FlowView = z.looseObject({
  id: z.string(),
  namespace: z.string(),
  revision: z.int(),
  updated: z.string(),
  disabled: z.boolean(),
  deleted: z.boolean(),
  source: z.string().optional(),
  /** Why a stored source cannot be read any more; such a flow cannot be executed. */
  exception: z.string().optional(),
});
export type FlowView = z.infer<typeof FlowView>;

export function viewFlow(stored: StoredFlow, options: { source: boolean }): FlowView {
  const { id, namespace, revision, disabled, deleted, source, updatedAt } = stored;
  const { flow, diagnostics } = compileCached(source);
  const identity = { id, namespace, revision, disabled, draft: flow?.draft ?? false };
  return {
    ...flowView(identity, source, { deleted, withSource: options.source }),
    id,
    namespace,
    revision,
    updated: instant(updatedAt),
    disabled,
    deleted,
    ...(flow === undefined && { exception: diagnostics.map(formatDiagnostic).join('\n') }),
  };
}
