/** The API: middleware in order, a line for each file of routes, one writer of errors. */
import { audit } from './middleware/audit.ts';
import { authenticate } from './middleware/authenticate.ts';
import { bodyLimit } from './middleware/body-limit.ts';
import { context, systemSeams } from './middleware/context.ts';
import type { AppEnv, GlobalEnv, Seams } from './middleware/context.ts';
import { forgetFlows } from './middleware/current-flows.ts';
import { idempotent } from './middleware/idempotency.ts';
import { onError, unanswered } from './middleware/problem.ts';
import { CallCounts, limitAddress, limitCaller } from './middleware/rate-limit.ts';
import { onlyTenant, tenant } from './middleware/tenant.ts';
import { Trust } from './middleware/trust.ts';
import { routes } from './middleware/validation.ts';
import { apiTokenRoutes } from './routes/api-tokens.ts';
import { appRoutes } from './routes/apps.ts';
import { auditLogRoutes } from './routes/audit-logs.ts';
import { authRoutes } from './routes/auth.ts';
import { configRoutes } from './routes/configs.ts';
import { dashboardRoutes } from './routes/dashboards.ts';
import { documentRoutes } from './routes/documents.ts';
import { executionGraphRoutes } from './routes/execution-graph.ts';
import { executionRoutes } from './routes/executions.ts';
import { flowGraphRoutes } from './routes/flow-graphs.ts';
import { flowRoutes } from './routes/flows.ts';
import { identityRoutes } from './routes/identity.ts';
import { allKeysRoutes, kvRoutes } from './routes/kv.ts';
import { logRoutes } from './routes/logs.ts';
import { metricRoutes } from './routes/metrics.ts';
import { outputRoutes } from './routes/outputs.ts';
import { namespaceFileRoutes } from './routes/namespace-files.ts';
import { namespaceRoutes } from './routes/namespaces.ts';
import { pebbleRoutes } from './routes/pebble.ts';
import { pluginRoutes } from './routes/plugins.ts';
import { runnerGroupRoutes } from './routes/runner-groups.ts';
import { runnerRoutes } from './routes/runners.ts';
import { runRoutes } from './routes/runs.ts';
import { schemaRoutes } from './routes/schemas.ts';
import { allSecretsRoutes, secretRoutes } from './routes/secrets.ts';
import { tenantRoutes } from './routes/tenants.ts';
import { terraformRoutes } from './routes/terraform-states.ts';
import { testSuiteRoutes } from './routes/test-suites.ts';
import { triggerRoutes } from './routes/triggers.ts';
import { webhookRoutes } from './routes/webhooks.ts';

export function createApp(seams: Seams = systemSeams) {
  const app = routes<GlobalEnv>();
  const calls = new CallCounts();
  app.onError(onError);
  app.notFound(unanswered(app));
  app.use('*', context(seams, new Trust()));
  app.use('*', bodyLimit);
  app.use('*', limitAddress(calls));
  app.use('*', authenticate);
  app.use('*', limitCaller(calls));

  app.route('/api/v1', identityRoutes);
  app.route('/api/v1', configRoutes);
  app.route('/api/v1/auth', authRoutes);
  app.route('/api/v1/me/api-tokens', apiTokenRoutes);
  app.route('/api/v1/tenants', tenantRoutes);
  app.route('/api/v1/pebble', pebbleRoutes);
  app.route('/api/v1/plugins', pluginRoutes);
  app.route('/api/v1/schemas', schemaRoutes);
  app.route('/api/v1', documentRoutes(app));

  // Old clients name no tenant for flows.
  app.use('/api/v1/flows/*', onlyTenant, idempotent, audit(), forgetFlows);
  app.route('/api/v1/flows', flowGraphRoutes);
  app.route('/api/v1/flows', flowRoutes);

  // Before the tenant's own door: to whoever does not know the key, a tenant that exists looks like one that does not.
  app.route('/api/v1/:tenant/executions/webhook', webhookRoutes);
  app.route('/api/v1/:tenant', tenantApp());
  return app;
}

function tenantApp() {
  const app = routes<AppEnv>();
  app.use('*', tenant, idempotent, audit());
  for (const path of ['/flows/*', '/namespaces/*']) app.use(path, forgetFlows);
  app.route('/flows', flowGraphRoutes);
  app.route('/flows', flowRoutes);
  app.route('/namespaces', namespaceRoutes);
  app.route('/executions', executionGraphRoutes);
  app.route('/executions', executionRoutes);
  app.route('/triggers', triggerRoutes);
  app.route('/logs', logRoutes);
  app.route('/metrics', metricRoutes);
  app.route('/outputs', outputRoutes);
  app.route('/namespaces', namespaceFileRoutes);
  app.route('/namespaces', kvRoutes);
  app.route('/kv', allKeysRoutes);
  app.route('/secrets', allSecretsRoutes);
  app.route('/namespaces', secretRoutes);
  app.route('/dashboards', dashboardRoutes);
  app.route('/apps', appRoutes);
  app.route('/tests', testSuiteRoutes);
  app.route('/auditlogs', auditLogRoutes);
  app.route('/terraform/state', terraformRoutes);
  app.route('/runner-groups', runnerGroupRoutes);
  app.route('/runners', runnerRoutes);
  app.route('/runs', runRoutes);
  return app;
}
