/** Lets Node load the product's objects: `cloudflare:workers` becomes the three classes that they extend. Import it first. */
import { registerHooks } from 'node:module';

const SOURCE = `
  export class DurableObject { constructor(ctx, env) { this.ctx = ctx; this.env = env; } }
  export class RpcTarget {}
  export class WorkerEntrypoint {}
`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'cloudflare:workers'
      ? { url: `data:text/javascript,${encodeURIComponent(SOURCE)}`, shortCircuit: true }
      : next(specifier, context),
});
