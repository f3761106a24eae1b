/** Triggers. Mounted under /api/v1/{tenant}/triggers. */
import type { Context } from 'hono';
import { z } from 'zod';
import * as flows from '../db/flows.ts';
import { AppError } from '../errors.ts';
import { readLabels } from '../flow/labels.ts';
import { BULK_ITEMS_MAX } from '../limits.ts';
import type { AppEnv } from '../middleware/context.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import type { Answer } from '../objects/execution-object.ts';
import { readRow, readRows } from '../objects/scheduler-store.ts';
import type { TriggerKey, TriggerRow } from '../objects/scheduler-store.ts';
import { sourceTriggers } from '../objects/source-triggers.ts';
import { isJsonObject, parseJson, stringifyJson } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { paged, PageQuery, toPage } from '../protocol/paging.ts';
import { assert } from '../result.ts';
import type { BackfillRequest } from '../schedule/schedule-step.ts';
import { unwrap } from './execution-id.ts';
import { lossless } from './respond.ts';
import { onPage, searched } from './trigger-search.ts';
import { foundTrigger, triggerState } from './trigger-view.ts';

export const triggerRoutes = routes();

type Scheduler = ReturnType<AppEnv['Variables']['tenant']['scheduler']>;
/** What is done to one trigger. */
type Act = (scheduler: Scheduler, key: TriggerKey) => Promise<Answer<string | null>>;

const Key = z.object({ namespace: z.string(), flowId: z.string(), triggerId: z.string() });
const Keys = z.array(Key).max(BULK_ITEMS_MAX, `names more than ${BULK_ITEMS_MAX} triggers`);
const Switch = z.looseObject({ disabled: z.boolean() });
const Dates = z.looseObject({
  start: z.iso.datetime({ offset: true }),
  end: z.iso.datetime({ offset: true }).optional(),
  inputs: z.record(z.string(), z.unknown()).nullish(),
  labels: z.unknown().optional(),
  paused: z.boolean().optional(),
});

// Looking.

triggerRoutes.get('/search', can('TRIGGER', 'LIST'), async (c) => {
  const rows = searched(c, readRows(await c.var.tenant.scheduler().list()));
  const page = onPage(rows, pageOf(c));
  const sources = await triggersOfSources(c, page);
  const items = page.map((row) =>
    foundTrigger(c.var.tenant.id, row, sources.get(nameOf(row)) ?? { id: row.triggerId, type: row.sourceType }),
  );
  return lossless(paged(items, rows.length));
});

triggerRoutes.get('/:namespace/:flowId', can('TRIGGER', 'LIST'), async (c) => {
  const { namespace, flowId } = c.req.param();
  const all = readRows(await c.var.tenant.scheduler().ofFlow({ namespace, flowId }));
  const text = (c.req.query('q') ?? '').toLowerCase();
  const rows = all.filter(({ triggerId }) => triggerId.toLowerCase().includes(text));
  return lossless(
    paged(
      onPage(rows, pageOf(c)).map((row) => triggerState(c.var.tenant.id, row)),
      rows.length,
    ),
  );
});

triggerRoutes.get('/:namespace/:flowId/:triggerId/logs', can('TRIGGER', 'LIST'), async (c) => {
  const key = keyOf(c.req.param());
  const lines = await c.var.tenant.scheduler().lines(key);
  if (lines === null)
    throw new AppError('not_found', `Trigger ${key.namespace}.${key.flowId}.${key.triggerId} not found`);
  const { offset, size } = pageOf(c);
  const entries = lines.slice(offset, offset + size).map(({ at, message }) => ({
    ...key,
    timestamp: new Date(at).toISOString(),
    level: 'ERROR',
    message,
  }));
  return c.json(paged(entries, lines.length));
});

// One trigger.

/** 1.x: the whole trigger with a changed `disabled` or `backfill`. */
triggerRoutes.put('/', can('TRIGGER', 'DISABLE'), async (c) => {
  const body = await readJson(c);
  const key = Key.parse(body);
  const scheduler = c.var.tenant.scheduler();
  const before = readRows(await scheduler.ofFlow(key)).find(({ triggerId }) => triggerId === key.triggerId);
  if (before === undefined)
    throw new AppError('not_found', `Trigger ${key.triggerId} of ${key.namespace}.${key.flowId} not found`);
  let row = before;
  if (typeof body.disabled === 'boolean') row = readRow(unwrap(await scheduler.setDisabled(key, body.disabled)));
  if (isJsonObject(body.backfill)) row = readRow(unwrap(await changeBackfill(c, key, row, body.backfill)));
  return lossless(triggerState(c.var.tenant.id, row));
});

triggerRoutes.put('/set-disabled', can('TRIGGER', 'DISABLE'), async (c) => {
  const body = await readJson(c);
  const { disabled } = Switch.parse(body);
  return actOn(c, Key.parse(body), (scheduler, key) => scheduler.setDisabled(key, disabled));
});

triggerRoutes.put('/backfill/create', can('TRIGGER', 'BACKFILL'), async (c) => {
  const body = await readJson(c);
  const request = readBackfill(isJsonObject(body.backfill) ? body.backfill : {}, c.var.now);
  return actOn(c, Key.parse(body), (scheduler, key) => scheduler.beginBackfill(key, stringifyJson(request)));
});

triggerRoutes.put('/backfill/pause', can('TRIGGER', 'BACKFILL'), async (c) =>
  actOn(c, Key.parse(await readJson(c)), pause),
);
triggerRoutes.put('/backfill/unpause', can('TRIGGER', 'BACKFILL'), async (c) =>
  actOn(c, Key.parse(await readJson(c)), unpause),
);
triggerRoutes.post('/backfill/delete', can('TRIGGER', 'BACKFILL'), async (c) =>
  actOn(c, Key.parse(await readJson(c)), endBackfill),
);

triggerRoutes.post('/:namespace/:flowId/:triggerId/unlock', can('TRIGGER', 'UNLOCK'), (c) =>
  actOn(c, c.req.param(), unlock),
);
triggerRoutes.post('/:namespace/:flowId/:triggerId/restart', can('TRIGGER', 'RESTART'), (c) =>
  actOn(c, c.req.param(), (scheduler, key) => scheduler.restart(keyOf(key))),
);
triggerRoutes.delete('/:namespace/:flowId/:triggerId', can('TRIGGER', 'DELETE'), async (c) => {
  unwrap(await c.var.tenant.scheduler().remove(keyOf(c.req.param())));
  return c.body(null, 204);
});

// Many triggers: those that are named, or those that a search finds.

function bulk(
  name: string,
  permission: ReturnType<typeof can>,
  read: (c: Context<AppEnv>, body: Json) => Act,
  method: 'POST' | 'DELETE' = 'POST',
): void {
  triggerRoutes.on([method], `/${name}/by-triggers`, permission, async (c) => {
    const body = parseBody(await c.req.text());
    const keys = Keys.parse(isJsonObject(body) ? body.triggers : body);
    return c.json({ count: await actOnAll(c, keys, read(c, body)) });
  });
  triggerRoutes.on([method], `/${name}/by-query`, permission, async (c) => {
    const rows = searched(c, readRows(await c.var.tenant.scheduler().list()));
    return c.json({ count: await actOnAll(c, rows, read(c, {})) });
  });
}

bulk('set-disabled', can('TRIGGER', 'DISABLE'), (c, body) => {
  const text = c.req.query('disabled') ?? 'true';
  const { disabled } =
    isJsonObject(body) && body.disabled !== undefined ? Switch.parse(body) : { disabled: text === 'true' };
  return (scheduler, key) => scheduler.setDisabled(key, disabled);
});
bulk('unlock', can('TRIGGER', 'UNLOCK'), () => unlock);
bulk('delete', can('TRIGGER', 'DELETE'), () => (scheduler, key) => scheduler.remove(key), 'DELETE');
bulk('backfill/pause', can('TRIGGER', 'BACKFILL'), () => pause);
bulk('backfill/unpause', can('TRIGGER', 'BACKFILL'), () => unpause);
bulk('backfill/delete', can('TRIGGER', 'BACKFILL'), () => endBackfill);

async function pause(scheduler: Scheduler, key: TriggerKey): Promise<Answer<string>> {
  return scheduler.pauseBackfill(key, true);
}

async function unpause(scheduler: Scheduler, key: TriggerKey): Promise<Answer<string>> {
  return scheduler.pauseBackfill(key, false);
}

async function endBackfill(scheduler: Scheduler, key: TriggerKey): Promise<Answer<string>> {
  return scheduler.endBackfill(key);
}

async function unlock(scheduler: Scheduler, key: TriggerKey): Promise<Answer<string>> {
  return scheduler.unlock(key);
}

async function actOn(c: Context<AppEnv>, key: TriggerKey, act: Act): Promise<Response> {
  const text = unwrap(await act(c.var.tenant.scheduler(), keyOf(key)));
  assert(text !== null, 'the trigger is still there');
  return lossless(triggerState(c.var.tenant.id, readRow(text)));
}

/** Those that cannot be acted on (no lock to take away, no backfill) are not counted. */
async function actOnAll(c: Context<AppEnv>, keys: readonly TriggerKey[], act: Act): Promise<number> {
  const scheduler = c.var.tenant.scheduler();
  let count = 0;
  for (const key of keys) if ((await act(scheduler, keyOf(key))).ok) count++;
  return count;
}

/** One that is there is paused or continued; otherwise a new one begins. */
async function changeBackfill(
  c: Context<AppEnv>,
  key: TriggerKey,
  row: TriggerRow,
  source: JsonObject,
): Promise<Answer<string>> {
  const scheduler = c.var.tenant.scheduler();
  const known = row.state.backfill;
  if (known === undefined) return scheduler.beginBackfill(key, stringifyJson(readBackfill(source, c.var.now)));
  return scheduler.pauseBackfill(key, source.paused === true);
}

function readBackfill(source: JsonObject, now: number): BackfillRequest {
  const { start, end } = Dates.parse(source);
  const { labels, problems } = readLabels(source.labels ?? []);
  const [problem] = problems;
  if (problem !== undefined) throw new AppError('invalid_body', `backfill.labels: ${problem.message}`);
  return {
    start: Date.parse(start),
    end: end === undefined ? now : Date.parse(end),
    ...(isJsonObject(source.inputs) && { inputs: source.inputs }),
    ...(labels.length > 0 && { labels }),
  };
}

async function triggersOfSources(c: Context<AppEnv>, rows: readonly TriggerRow[]): Promise<Map<string, JsonObject>> {
  const refs = new Map(rows.map(({ namespace, flowId }) => [`${namespace}/${flowId}`, { namespace, id: flowId }]));
  const stored = refs.size === 0 ? [] : await flows.findAll(c.var.tenant, [...refs.values()]);
  return new Map(
    stored.flatMap(({ namespace, id, source }) =>
      [...sourceTriggers(source)].map(
        ([triggerId, trigger]) => [nameOf({ namespace, flowId: id, triggerId }), trigger] as const,
      ),
    ),
  );
}

function nameOf({ namespace, flowId, triggerId }: TriggerKey): string {
  return `${namespace}/${flowId}/${triggerId}`;
}

function keyOf({ namespace, flowId, triggerId }: TriggerKey): TriggerKey {
  return { namespace, flowId, triggerId };
}

function pageOf(c: Context<AppEnv>) {
  return toPage(PageQuery.parse(c.req.query()));
}

async function readJson(c: Context<AppEnv>): Promise<JsonObject> {
  const body = parseBody(await c.req.text());
  if (!isJsonObject(body)) throw new AppError('invalid_body', 'The body must be a JSON object.');
  return body;
}

function parseBody(text: string): Json {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new AppError('invalid_body', 'The body is not JSON.', { cause });
  }
}
