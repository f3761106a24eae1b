/** What expressions may ask of the world before there is an execution: in defaults and checks of inputs. */
import type { Context } from 'hono';
import { configOf } from '../env.ts';
import type { Services } from '../expression/services.ts';
import type { Flow } from '../flow/flow.ts';
import type { ExecutionId } from '../ids.ts';
import type { AppEnv } from '../middleware/context.ts';
import { executionServices } from '../objects/execution-services.ts';

export function routeServices(c: Context<AppEnv>, flow: Flow, id: ExecutionId): Services {
  return executionServices({
    tenant: c.var.tenant,
    config: configOf(c.env),
    namespace: flow.namespace,
    flowId: flow.id,
    executionId: id,
    now: () => c.var.now,
    current: () => undefined,
    errorLogs: () => [],
    onSecret: () => undefined,
  });
}
