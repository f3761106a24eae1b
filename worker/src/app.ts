/** The API: middleware in order, a line for each file of routes, one writer of errors. */
import { authenticate } from './middleware/authenticate.ts';
import { bodyLimit } from './middleware/body-limit.ts';
import { context, systemSeams } from './middleware/context.ts';
import type { AppEnv, GlobalEnv, Seams } from './middleware/context.ts';
import { notFound, onError } from './middleware/problem.ts';
import { onlyTenant, tenant } from './middleware/tenant.ts';
import { Trust } from './middleware/trust.ts';
import { routes } from './middleware/validation.ts';
import { apiTokenRoutes } from './routes/api-tokens.ts';
import { authRoutes } from './routes/auth.ts';
import { configRoutes } from './routes/configs.ts';
import { flowRoutes } from './routes/flows.ts';
import { identityRoutes } from './routes/identity.ts';
import { tenantRoutes } from './routes/tenants.ts';

export function createApp(seams: Seams = systemSeams) {
  const app = routes<GlobalEnv>();
  app.onError(onError);
  app.notFound(notFound);
  app.use('*', context(seams, new Trust()));
  app.use('*', bodyLimit);
  app.use('*', authenticate);

  app.route('/api/v1', identityRoutes);
  app.route('/api/v1', configRoutes);
  app.route('/api/v1/auth', authRoutes);
  app.route('/api/v1/me/api-tokens', apiTokenRoutes);
  app.route('/api/v1/tenants', tenantRoutes);

  // Old clients name no tenant for flows.
  app.use('/api/v1/flows/*', onlyTenant);
  app.route('/api/v1/flows', flowRoutes);

  app.route('/api/v1/:tenant', tenantApp());
  return app;
}

function tenantApp() {
  const app = routes<AppEnv>();
  app.use('*', tenant);
  app.route('/flows', flowRoutes);
  return app;
}
