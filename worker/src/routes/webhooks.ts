/** Webhooks: /api/v1/{tenant}/executions/webhook/{namespace}/{flowId}/{key}[/{path}]. Open: the key is the credential.
 *   W1. Until the key has matched every answer is the same 404: nothing is told about tenants, flows and triggers.
 *   W2. Keys are compared in constant time and stand neither in an answer nor in a log.
 *   W3. Where a signature is wanted, nothing is told and nothing is done before it was verified. */
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
import { ExecutionFiles } from '../storage.ts';
import { EXECUTION_ID_BYTES, Tenant } from '../tenant.ts';
import { WebhookSignature } from '../triggers/webhook-signature.ts';
import type { SignaturePreset } from '../triggers/webhook-signature.ts';
import { unwrap } from './execution-id.ts';
import { depthLabel, pageOf } from './execution-start.ts';
import { routeServices } from './route-services.ts';
import { sameBytes } from './same-bytes.ts';
import { bodyVariables, readBytes, readWebhookBody, storeFiles } from './webhook-body.ts';
import { verifySignature } from './webhook-signature.ts';
import type { SignedCall, Verified } from './webhook-signature.ts';

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

/** What errors say instead of the path: it holds the key. */
const PLACE = '/api/v1/executions/webhook';

async function answerCall(c: Context<AppEnv>): Promise<Response> {
  c.set('place', PLACE);
  const { flow, trigger, type, world, isDisabled } = await called(c);
  const bytes = await readBytes(c.req.raw);
  const sent = await readWebhookBody(bytes, c.req.raw.headers);
  const signed = await verified(c, trigger, world, { bytes, body: sent.body });
  if (isDisabled) {
    throw new AppError('illegal_state', 'The flow of this webhook is disabled. Enable it, then call again.');
  }
  const challenge = challengeIn(sent.body, signed.preset);
  if (challenge !== undefined) return c.text(challenge);

  const { tenant, now } = c.var;
  const id = await idOf(c, flow, trigger, signed.delivery);
  const place = new ExecutionFiles(tenant.files, { namespace: flow.namespace, flowId: flow.id, executionId: id });
  const variables = { ...bodyVariables(sent, trigger.id, place), ...callVariables(c) };
  const scope = { trigger: variables };
  const render = (template: string) => world.render(template, scope);
  const verdict = await evaluateConditions(trigger.conditions, trigger.when, { ...world, render });
  if (!verdict.ok || !verdict.value.holds) return c.body(null, 204);

  const inputs = await world.renderMap(trigger.inputs ?? {}, scope);
  if (!inputs.ok) throw new AppError('invalid_input', inputs.error);
  const resolved = await readInputs(flow, inputs.value, { tenant: tenant.id, services: routeServices(c, flow, id) });
  const errors = inputErrors(resolved, { inputs: inputs.value, isLenient: true });
  if (errors.length > 0) throw new AppError('invalid_input', errors.join('; '));
  const { labels } = await renderLabels(trigger.labels, render);
  await storeFiles(sent, trigger.id, place);
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
  // Asked only for those who know the key: calls with wrong ones never reach the object that keeps the tenant's schedules.
  const key = { namespace: flow.namespace, flowId: flow.id, triggerId: trigger.id };
  if (await tenant.scheduler().isDisabled(key)) throw notFound();
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
  const digest = async (text: string) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return sameBytes(await digest(one), await digest(other));
}

function notFound(): AppError {
  return new AppError('not_found', 'Flow not found');
}

interface Signed extends Verified {
  preset?: SignaturePreset;
}

/** Refuses a call that is not signed although it must be. */
async function verified(
  c: Context<AppEnv>,
  { properties }: Trigger,
  world: FlowWorld,
  call: Pick<SignedCall, 'bytes' | 'body'>,
): Promise<Signed> {
  if (properties.signature === undefined) return {};
  const { preset, secret } = WebhookSignature.parse(properties.signature);
  const rendered = await world.render(secret, {});
  if (!rendered.ok) {
    // What is wrong with it is for the flow's authors, not for its callers.
    console.warn(`the signature secret of a webhook of ${world.flow.namespace}.${world.flow.id} cannot be read`);
    throw new AppError('illegal_state', "The secret of this webhook's signature cannot be read: check its expression.");
  }
  const verdict = await verifySignature(preset, rendered.value.trim(), {
    ...call,
    headers: c.req.raw.headers,
    now: c.var.now,
  });
  if (!verdict.ok) throw new AppError('forbidden', verdict.error);
  return { ...verdict.value, preset };
}

/** Slack asks a new URL once to repeat a text, and sends events only then. */
function challengeIn(body: Json, preset: SignaturePreset | undefined): string | undefined {
  if (preset !== 'SLACK' || !isJsonObject(body) || body.type !== 'url_verification') return undefined;
  return typeof body.challenge === 'string' ? body.challenge : undefined;
}

/** What `trigger.*` says of the call beside its body. */
function callVariables(c: Context<AppEnv>): JsonObject {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of c.req.raw.headers) headers[name] = [...(headers[name] ?? []), value];
  const path = c.req.param('path');
  return { headers, parameters: c.req.queries(), ...(path !== undefined && { path }) };
}

/** A delivery names one start; a name that is signed wins over one in a header. */
async function idOf(c: Context<AppEnv>, flow: Flow, trigger: Trigger, signed?: string): Promise<ExecutionId> {
  const { tenant, random } = c.var;
  const delivery = signed ?? DELIVERY_HEADERS.map((name) => c.req.header(name)).find((value) => value);
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
