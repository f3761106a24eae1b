/** What the triggers of a flow see of the world: the variables of their flow, its secrets, keys and files. */
import { renderDeep, renderText } from '../expression/render.ts';
import { scopeOf } from '../expression/scope.ts';
import type { Services } from '../expression/services.ts';
import { labelVariables, scopeFor } from '../engine/context.ts';
import type { Execution } from '../engine/execution.ts';
import type { Config } from '../env.ts';
import type { Flow } from '../flow/flow.ts';
import { isPublicHoliday } from '../holidays.ts';
import type { ExecutionId } from '../ids.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import { assert, fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { TriggerWorld } from '../schedule/schedule-trigger.ts';
import type { Tenant } from '../tenant.ts';
import { executionServices } from './execution-services.ts';

export interface FlowWorld extends TriggerWorld {
  renderMap(map: JsonObject, variables: JsonObject): Promise<Result<JsonObject, string>>;
}

/** `source` is the execution of another flow that a Flow trigger was told of: its variables are seen, but secrets, keys and
 *  files stay those of the trigger's own flow. */
export function flowWorld(
  tenant: Tenant,
  config: Config,
  flow: Flow,
  now: () => number,
  source?: Execution,
): FlowWorld {
  const services = triggerServices(tenant, config, flow, now(), '' as ExecutionId);
  const own = { id: flow.id, namespace: flow.namespace, revision: flow.revision, tenantId: tenant.id };
  const scopeWith = (variables: JsonObject) =>
    source === undefined
      ? scopeOf({
          flow: own,
          vars: flow.variables,
          namespace: flow.namespaceVariables ?? {},
          labels: labelVariables(flow.labels),
          inputs: {},
          globals: {},
          envs: {},
          ...variables,
        })
      : scopeFor(flow, source, undefined, { tenant: tenant.id, variables: { flow: own, ...variables } });
  return {
    flow,
    zone: services.timeZone,
    isPublicHoliday,
    async render(template, variables) {
      const text = await renderText(template, scopeWith(variables), services);
      return text.ok ? text : fail(text.error.message);
    },
    async renderMap(map, variables) {
      const value = await renderDeep(map, scopeWith(variables), services);
      if (!value.ok) return fail(value.error.message);
      assert(isJsonObject(value.value), 'a map renders to a map');
      return ok(value.value);
    },
  };
}

export function triggerServices(
  tenant: Tenant,
  config: Config,
  flow: Flow,
  now: number,
  executionId: ExecutionId,
): Services {
  return executionServices({
    tenant,
    config,
    namespace: flow.namespace,
    flowId: flow.id,
    executionId,
    now: () => now,
    current: () => undefined,
    errorLogs: () => [],
    // Nothing that a trigger renders is logged with the values it has seen.
    onSecret: () => undefined,
  });
}
