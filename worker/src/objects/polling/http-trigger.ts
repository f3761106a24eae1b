/** core.http.Trigger: asks a URL, and fires while the answer is as wanted. */
import { RpcTarget } from 'cloudflare:workers';
import type { EdgeAnswer, EdgeHost } from '../../edge/edge-call.ts';
import { isTruthyText } from '../../expression/truth.ts';
import { isJsonObject, parseJson, stringifyJson } from '../../protocol/json.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { fail, ok } from '../../result.ts';
import { request } from '../../tasks/http/request.ts';
import { readInput } from '../../tasks/read-input.ts';
import type { Look } from './poll.ts';

export const httpTrigger: Look = async ({ trigger, flow, world, tenant, edge }) => {
  const { interval: _interval, responseCondition, ...properties } = trigger.properties;
  // What status is wanted is for the condition to say, not for the request.
  const input = await readInput(request, { ...properties, allowFailed: true }, async (map) => {
    const rendered = await world.renderMap(map, {});
    return rendered.ok ? rendered : fail({ message: rendered.error });
  });
  if (!input.ok) return fail(input.error.message);
  const identity = {
    tenant: tenant.id,
    ...{ namespace: flow.namespace, flowId: flow.id, flowRevision: flow.revision },
    ...{ executionId: '', taskId: trigger.id, taskRunId: '', attempt: 1, iteration: [] },
  };
  const call = {
    tenant: tenant.record,
    identity,
    taskRun: 0,
    type: request.type,
    input: stringifyJson(input.value),
    related: [],
    depth: 0,
  };
  const answer = parseJson(await edge.run(call, new NoExecution())) as unknown as EdgeAnswer;
  if (answer.state !== 'SUCCESS' || answer.outputs === undefined) {
    return fail(answer.lines.map(({ message }) => message).join('; ') || 'The request failed.');
  }
  const { uri, code, headers, body } = answer.outputs;
  if (typeof responseCondition !== 'string') return ok(Number(code) < 400 ? { variables: answer.outputs } : {});
  const response = { statusCode: code ?? null, headers: headers ?? null, body: bodyOf(body) };
  const wanted = await world.render(responseCondition, { response });
  if (!wanted.ok) return wanted;
  return ok(isTruthyText(wanted.value.trim()) ? { variables: variables({ uri, code, headers, body }) } : {});
};

/** JSON is seen as what it holds. */
function bodyOf(body: Json | undefined): Json {
  if (typeof body !== 'string') return body ?? null;
  try {
    return parseJson(body);
  } catch {
    return body;
  }
}

function variables(outputs: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, value ?? null]));
}

/** A look belongs to no execution: there is no one to ask for variables, and its log is its answer. */
class NoExecution extends RpcTarget implements EdgeHost {
  async render(request: string): Promise<string> {
    const asked = parseJson(request);
    return stringifyJson(ok(isJsonObject(asked) ? (asked.value ?? null) : null));
  }

  async log(): Promise<void> {}

  stopped(): Promise<string> {
    return new Promise(() => {});
  }
}
