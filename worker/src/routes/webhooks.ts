/** Webhooks: /api/v1/{tenant}/executions/webhook/{namespace}/{flowId}/{key}[/{path}]. Open: the key is the credential.
 *   W1. Until the key has matched every answer is the same 404: nothing is told about tenants, flows and triggers.
 *   W2. Keys are compared in constant time and never stand in an answer. */
import type { Context } from 'hono';
import { compiled } from '../db/compiled-flows.ts';
import { directoryOf } from '../db/directory.ts';
import * as flows from '../db/flows.ts';
import * as tenants from '../db/tenants.ts';
import { AppError } from '../errors.ts';
import type { Flow, Trigger } from '../flow/flow.ts';
import type { ExecutionId } from '../ids.ts';
import type { AppEnv } from '../middleware/context.ts';
import { open } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { readInputs } from '../objects/flow-inputs.ts';
import { sourceTypes } from '../objects/source-triggers.ts';
import { startExecution } from '../objects/start-execution.ts';
import { inputErrors } from '../objects/trigger-start.ts';
import { flowWorld } from '../objects/trigger-world.ts';
import type { FlowWorld } from '../objects/trigger-world.ts';
import { isJsonObject, parseJson, stringifyJson } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { evaluateConditions } from '../schedule/conditions/evaluate.ts';
import { renderLabels } from '../schedule/start-values.ts';
import { EXECUTION_ID_BYTES, Tenant } from '../tenant.ts';
import { unwrap } from './execution-id.ts';
import { depthLabel, pageOf } from './execution-start.ts';
import { routeServices } from './route-services.ts';

const WEBHOOK = 'core.trigger.Webhook';

/** By what senders name a delivery, so that one that they repeat is not run twice. */
const DELIVERY_HEADERS = [
  'idempotency-key',
  'webhook-id',
  'svix-id',
  'x-github-delivery',
  'x-gitlab-event-uuid',
  'x-shopify-event-id',
];

export const webhookRoutes = routes();

webhookRoutes.on(
  ['GET', 'POST', 'PUT'],
  ['/:namespace/:flowId/:key', '/:namespace/:flowId/:key/:path{.+}'],
  open<AppEnv>(),
  answerCall,
);

async function answerCall(c: Context<AppEnv>): Promise<Response> {
  const { flow, trigger, type, world, isDisabled } = await called(c);
  if (isDisabled) {
    throw new AppError('illegal_state', 'The flow of this webhook is disabled. Enable it, then call again.');
  }
  const variables = { ...(await readCall(c)), ...pathOf(c) };
  const scope = { trigger: variables };
  const render = (template: string) => world.render(template, scope);
  const verdict = await evaluateConditions(trigger.conditions, trigger.when, { ...world, render });
  if (!verdict.ok || !verdict.value.holds) return c.body(null, 204);

  const id = await idOf(c, flow, trigger);
  const inputs = await world.renderMap(trigger.inputs ?? {}, scope);
  if (!inputs.ok) throw new AppError('invalid_input', inputs.error);
  const { tenant, now } = c.var;
  const resolved = await readInputs(flow, inputs.value, { tenant: tenant.id, services: routeServices(c, flow, id) });
  const errors = inputErrors(resolved, { inputs: inputs.value, isLenient: true });
  if (errors.length > 0) throw new AppError('invalid_input', errors.join('; '));
  const { labels } = await renderLabels(trigger.labels, render);
  const { wait, returnOutputs } = trigger.properties;
  const answer = await startExecution(
    tenant,
    {
      id,
      at: now,
      flow,
      inputs: resolved.values,
      labels: [...labels, ...depthLabel(c)],
      trigger: { id: trigger.id, type, variables },
    },
    { wait: wait === true || returnOutputs === true, url: pageOf(c, flow, id) },
  );
  return respond(unwrap(answer), trigger.properties);
}

interface Called {
  flow: Flow;
  trigger: Trigger;
  /** Of the trigger, as the source writes it. */
  type: string;
  world: FlowWorld;
  isDisabled: boolean;
}

/** The webhook that the path names; throws the one 404 there is. */
async function called(c: Context<AppEnv>): Promise<Called> {
  const record = await tenants.find(directoryOf(c.env), c.req.param('tenant') ?? '');
  if (record === undefined) throw notFound();
  const tenant = new Tenant(c.env, record);
  c.set('tenant', tenant);
  const ref = { namespace: c.req.param('namespace') ?? '', id: c.req.param('flowId') ?? '' };
  const stored = await flows.find(tenant, ref);
  const flow = stored === undefined || stored.deleted ? undefined : compiled(tenant, stored);
  if (stored === undefined || flow === undefined) throw notFound();
  const world = flowWorld(tenant, c.var.config, flow, () => c.var.now);
  const trigger = await withKey(flow, world, c.req.param('key') ?? '');
  if (trigger === undefined) throw notFound();
  const type = sourceTypes(stored.source).get(trigger.id) ?? trigger.type;
  return { flow, trigger, type, world, isDisabled: stored.disabled };
}

/** All keys are looked at, whichever matches: how long it takes says nothing. */
async function withKey({ triggers }: Flow, world: FlowWorld, given: string): Promise<Trigger | undefined> {
  let found: Trigger | undefined;
  for (const trigger of triggers) {
    if (trigger.type !== WEBHOOK || trigger.disabled) continue;
    const key = await world.render(String(trigger.properties.key), {});
    if (key.ok && key.value.trim() !== '' && (await isSame(key.value.trim(), given.trim()))) found ??= trigger;
  }
  return found;
}

async function isSame(one: string, other: string): Promise<boolean> {
  const digest = (text: string) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await digest(one), await digest(other));
}

function notFound(): AppError {
  return new AppError('not_found', 'Flow not found');
}

/** `trigger.*` of the execution. */
async function readCall(c: Context<AppEnv>): Promise<JsonObject> {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of c.req.raw.headers) headers[name] = [...(headers[name] ?? []), value];
  return { body: bodyOf(await c.req.text()), headers, parameters: c.req.queries() };
}

/** An object or a list in JSON, whatever the content type says; anything else is a text, and nothing is null. */
function bodyOf(text: string): Json {
  if (text === '') return null;
  try {
    const value = parseJson(text);
    return isJsonObject(value) || Array.isArray(value) ? value : text;
  } catch {
    return text;
  }
}

function pathOf(c: Context<AppEnv>): JsonObject {
  const path = c.req.param('path');
  return path === undefined ? {} : { path };
}

async function idOf(c: Context<AppEnv>, flow: Flow, trigger: Trigger): Promise<ExecutionId> {
  const { tenant, random } = c.var;
  const delivery = DELIVERY_HEADERS.map((name) => c.req.header(name)).find((value) => value);
  if (delivery === undefined) return tenant.newExecutionId(random(EXECUTION_ID_BYTES));
  return tenant.executionIdFor(`webhook/${flow.namespace}/${flow.id}/${trigger.id}/${delivery}`);
}

/** Types that a browser would run are sent as text: whoever knows the key decides what is in the answer. */
const ACTIVE_TYPE = /html|xml|svg|javascript|ecmascript/i;

function respond(execution: string, { returnOutputs, responseContentType, responseCode }: JsonObject): Response {
  const type = typeof responseContentType === 'string' ? responseContentType : 'application/json';
  return new Response(returnOutputs === true ? outputsOf(execution) : execution, {
    status: typeof responseCode === 'number' ? responseCode : 200,
    headers: {
      'Content-Type': ACTIVE_TYPE.test(type) ? 'text/plain; charset=utf-8' : type,
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; sandbox",
    },
  });
}

function outputsOf(execution: string): string {
  const value = parseJson(execution);
  return stringifyJson((isJsonObject(value) ? value.outputs : undefined) ?? {});
}
