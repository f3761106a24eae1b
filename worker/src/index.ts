import './expression/all-parts.ts';
import { createApp } from './app.ts';
import { pokeSchedulers } from './cron/poke-schedulers.ts';
import { purgeIdempotencyKeys } from './cron/purge-idempotency-keys.ts';
import { resealSecrets } from './cron/reseal-secrets.ts';
import { sweep } from './cron/sweep.ts';
import type { Env } from './env.ts';
import type { FactsMessage } from './protocol/fact.ts';
import { indexFacts } from './queues/facts.ts';

export { EdgeTasks } from './edge/edge-tasks.ts';
export { AuditObject } from './objects/audit-object.ts';
export { ExecutionObject } from './objects/execution-object.ts';
export { FlowObject } from './objects/flow-object.ts';
export { RunnerGroupObject } from './objects/runner-group-object.ts';
export { SchedulerObject } from './objects/scheduler-object.ts';
export { TerraformStateObject } from './objects/terraform-state-object.ts';

const app = createApp();

export default {
  fetch: app.fetch,
  queue: indexFacts,
  scheduled: async ({ scheduledTime }, env) => {
    await Promise.all([
      sweep(env, scheduledTime),
      pokeSchedulers(env, scheduledTime),
      resealSecrets(env),
      purgeIdempotencyKeys(env, scheduledTime),
    ]);
  },
} satisfies ExportedHandler<Env, FactsMessage>;
