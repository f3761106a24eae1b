/** Files of an execution: download, size, preview. A URI must belong to the execution or to one it is related to. */
import type { Context } from 'hono';
import { AppError } from '../errors.ts';
import * as flows from '../db/flows.ts';
import { PREVIEW_BYTES_MAX, PREVIEW_ROWS_MAX } from '../limits.ts';
import type { AppEnv } from '../middleware/context.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { Json } from '../protocol/json.ts';
import { ExecutionFiles } from '../storage.ts';
import { found, objectOf } from './execution-id.ts';
import { fileAnswer, rangeOf } from './file-answer.ts';
import { previewOf } from './file-preview.ts';
import { viewFlow } from './flow-view.ts';
import { lossless } from './respond.ts';

export const executionFileRoutes = routes();

executionFileRoutes.get('/:id/file', can('EXECUTION', 'ACCESS_FILES'), async (c) => {
  const { uri, files } = await filesOf(c);
  return fileAnswer(await files.get(uri, rangeOf(c)), nameOf(uri));
});

executionFileRoutes.get('/:id/file/metas', can('EXECUTION', 'ACCESS_FILES'), async (c) => {
  const { uri, files } = await filesOf(c);
  const size = await files.size(uri);
  if (size === undefined) throw new AppError('not_found', `There is no file ${uri}.`);
  return c.json({ size });
});

executionFileRoutes.get('/:id/file/preview', can('EXECUTION', 'ACCESS_FILES'), async (c) => {
  const { uri, files } = await filesOf(c);
  const rowsMax = Math.min(Number(c.req.query('maxRows') ?? 100) || 100, PREVIEW_ROWS_MAX);
  const { body, size } = await files.get(uri, { offset: 0, length: PREVIEW_BYTES_MAX });
  const bytes = new Uint8Array(await new Response(body).arrayBuffer());
  const encoding = c.req.query('encoding') || 'utf-8';
  return lossless(previewOf(nameOf(uri), bytes, { rowsMax, encoding, isCut: size > bytes.byteLength }));
});

executionFileRoutes.get('/:id/flow', can('EXECUTION', 'VIEW'), async (c) => {
  const { id, object } = objectOf(c);
  const { namespace, flowId, flowRevision } = found(c, await object.place(id));
  const stored = await flows.find(c.var.tenant, { namespace, id: flowId }, flowRevision);
  if (stored === undefined)
    throw new AppError('not_found', `Flow ${namespace}.${flowId} with revision ${flowRevision} not found`);
  return lossless(forExecution(viewFlow(stored, { source: false })));
});

async function filesOf(c: Context<AppEnv>): Promise<{ uri: string; files: ExecutionFiles }> {
  const { id, object } = objectOf(c);
  const place = found(c, await object.place(id));
  const uri = c.req.query('path') ?? '';
  return { uri, files: new ExecutionFiles(c.var.tenant.files, { ...place, executionId: id }, place.related) };
}

/** For people who may execute a flow but not read it: of its tasks no more than what they are. */
function forExecution(flow: Record<string, unknown>): Record<string, unknown> {
  const { id, namespace, revision, inputs, outputs, disabled, labels, triggers } = flow;
  const lists = Object.fromEntries(
    TASK_LISTS.filter((list) => Array.isArray(flow[list])).map((list) => [
      list,
      withoutProperties(flow[list] as Json[]),
    ]),
  );
  return {
    id,
    namespace,
    revision,
    inputs,
    outputs,
    disabled,
    labels,
    triggers: withoutProperties((triggers ?? []) as Json[]),
    ...lists,
  };
}

const TASK_LISTS = ['tasks', 'errors', 'finally', 'afterExecution'] as const;

function withoutProperties(tasks: Json[]): Json[] {
  return tasks.flatMap((task): Json[] => {
    if (!isJsonObject(task)) return [];
    const children = Object.entries(task).filter(
      ([, value]) => Array.isArray(value) && value.some((item) => isJsonObject(item) && 'type' in item),
    );
    return [
      {
        ...(task.id !== undefined && { id: task.id }),
        ...(task.type !== undefined && { type: task.type }),
        ...Object.fromEntries(children.map(([name, value]) => [name, withoutProperties(value as Json[])])),
      },
    ];
  });
}

function nameOf(uri: string): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
}
