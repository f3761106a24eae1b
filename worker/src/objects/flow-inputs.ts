/** What is settled before an execution exists: its inputs, and the checks of its flow. */
import { scopeOf } from '../expression/scope.ts';
import type { Scope } from '../expression/scope.ts';
import { renderText } from '../expression/render.ts';
import type { Services } from '../expression/services.ts';
import { isTruthyText } from '../expression/truth.ts';
import type { Check, Flow, Input } from '../flow/flow.ts';
import { resolveInputs } from '../flow/inputs/resolve.ts';
import type { ResolvedInputs } from '../flow/inputs/resolve.ts';
import type { JsonObject } from '../protocol/json.ts';

export interface InputWorld {
  tenant: string;
  services: Services;
}

/** `definitions` are those of the flow unless they are given: a pause has its own. */
export async function readInputs(
  flow: Flow,
  given: JsonObject,
  world: InputWorld,
  definitions: readonly Input[] = flow.inputs,
): Promise<ResolvedInputs> {
  return resolveInputs(definitions, given, (source, inputs) =>
    renderText(source, scope(flow, inputs, world), world.services),
  );
}

/** The checks that do not hold. A condition that cannot be rendered does not hold either, and says why. */
export async function failedChecks(flow: Flow, inputs: JsonObject, world: InputWorld): Promise<Check[]> {
  const failed: Check[] = [];
  for (const check of flow.checks) {
    const rendered = await renderText(check.condition, scope(flow, inputs, world), world.services);
    if (!rendered.ok) failed.push({ ...check, message: `${check.message} (${rendered.error.message})` });
    else if (!isTruthyText(rendered.value)) failed.push(check);
  }
  return failed;
}

function scope(flow: Flow, inputs: JsonObject, { tenant }: InputWorld): Scope {
  return scopeOf({
    flow: { id: flow.id, namespace: flow.namespace, revision: flow.revision, tenantId: tenant },
    inputs,
    vars: flow.variables,
    namespace: flow.namespaceVariables ?? {},
    labels: () => Object.fromEntries(flow.labels.map(({ key, value }) => [key, value])),
    globals: {},
    envs: {},
  });
}
