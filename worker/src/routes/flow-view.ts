/** Flows as the API shows them. */
import { z } from '@hono/zod-openapi';
import type { StoredFlow } from '../db/flows.ts';
import { compileCached } from '../flow/compile-cache.ts';
import { formatDiagnostic } from '../flow/diagnostic.ts';
import { parseYaml } from '../flow/yaml.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
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
  return {
    ...(flow === undefined
      ? { exception: diagnostics.map(formatDiagnostic).join('\n') }
      : { ...asWritten(source), labels: flow.labels }),
    id,
    namespace,
    revision,
    updated: instant(updatedAt),
    disabled,
    deleted,
    ...(options.source && { source }),
  };
}

/** The document's own members and types; labels go out as a list, whatever form they were written in. */
function asWritten(source: string): JsonObject {
  const { value } = parseYaml(source);
  return isJsonObject(value) ? value : {};
}
