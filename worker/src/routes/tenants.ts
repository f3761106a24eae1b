/** The caller's own tenants. Mounted under /api/v1/tenants. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { directoryOf } from '../db/directory.ts';
import * as members from '../db/members.ts';
import type { Membership } from '../db/members.ts';
import * as runnerGroups from '../db/runner-groups.ts';
import { eraseRows } from '../db/tenant-data.ts';
import * as tenants from '../db/tenants.ts';
import * as terraformStates from '../db/terraform-states.ts';
import { AppError } from '../errors.ts';
import { EXECUTION_SHARDS_DEFAULT, TENANTS_PER_PERSON_MAX, TERRAFORM_STATES_PER_PAGE_MAX } from '../limits.ts';
import type { GlobalEnv } from '../middleware/context.ts';
import { signedIn } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { TenantId } from '../protocol/names.ts';
import { allows } from '../protocol/roles.ts';
import { Tenant } from '../tenant.ts';
import type { TenantRecord } from '../tenant.ts';
import { json, jsonBody, NO_CONTENT } from './respond.ts';

export const TenantView = z.object({ id: z.string(), name: z.string() });
const TenantParam = z.object({ id: z.string() });

const create = createRoute({
  method: 'post',
  path: '/',
  middleware: [signedIn()] as const,
  request: jsonBody(z.object({ id: TenantId, name: z.string().trim().min(1).max(100).optional() })),
  responses: { 200: json('The new tenant; the caller owns it', TenantView) },
});

const list = createRoute({
  method: 'get',
  path: '/',
  middleware: [signedIn()] as const,
  responses: { 200: json("The caller's tenants", z.object({ results: z.array(TenantView), total: z.int() })) },
});

const get = createRoute({
  method: 'get',
  path: '/{id}',
  middleware: [signedIn()] as const,
  request: { params: TenantParam },
  responses: { 200: json('The tenant', TenantView) },
});

const remove = createRoute({
  method: 'delete',
  path: '/{id}',
  middleware: [signedIn()] as const,
  request: { params: TenantParam },
  responses: NO_CONTENT,
});

export const tenantRoutes = routes<GlobalEnv>()
  .openapi(create, async (c) => {
    const { id, name } = c.req.valid('json');
    const { principal, now } = c.var;
    const directory = directoryOf(c.env);
    const owned = await members.listOf(directory, principal.userId, TENANTS_PER_PERSON_MAX);
    if (owned.length === TENANTS_PER_PERSON_MAX) {
      throw new AppError(
        'limit_reached',
        `A person may belong to ${TENANTS_PER_PERSON_MAX} tenants; delete one first.`,
      );
    }
    const tenant = await createTenant(c, { id, name: name ?? id });
    await members.add(directory, { userId: principal.userId, tenantKey: tenant.key, role: 'owner', createdAt: now });
    // "The only tenant of this credential" may have just become one of two.
    c.var.trust.forget();
    return c.json(toView(tenant), 200);
  })
  .openapi(list, async (c) => {
    const memberships = await members.listOf(directoryOf(c.env), c.var.principal.userId, TENANTS_PER_PERSON_MAX);
    return c.json({ results: memberships.map(({ tenant }) => toView(tenant)), total: memberships.length }, 200);
  })
  .openapi(get, async (c) => {
    const { tenant } = await membership(c, c.req.valid('param').id);
    return c.json(toView(tenant), 200);
  })
  .openapi(remove, async (c) => {
    const { tenant: record, role } = await membership(c, c.req.valid('param').id);
    if (!allows(role, 'TENANT', 'DELETE')) throw new AppError('forbidden', 'Only an owner may delete a tenant.');
    // First the door, then what is behind it: its key is never used again, so nothing is found by whoever takes the id.
    await tenants.remove(directoryOf(c.env), record.key);
    c.var.trust.forget();
    c.executionCtx.waitUntil(erase(new Tenant(c.env, record)));
    return c.body(null, 204);
  });

/** A tenant without members; throws when the id is taken. */
export async function createTenant(
  c: Context<GlobalEnv>,
  { id, name }: { id: string; name: string },
): Promise<TenantRecord> {
  const created = await tenants.create(directoryOf(c.env), {
    id,
    name,
    dataShard: 0,
    executionShards: EXECUTION_SHARDS_DEFAULT,
    createdAt: c.var.now,
  });
  if (created === undefined) throw new AppError('already_exists', `The tenant id ${id} is taken; choose another one.`);
  return created;
}

async function membership(c: Context<GlobalEnv>, id: string): Promise<Membership> {
  const found = await members.find(directoryOf(c.env), c.var.principal.userId, id);
  if (found === undefined) throw new AppError('not_found', `Tenant ${id} not found`);
  return found;
}

/** What runs first, so that nothing starts or writes while the rest goes. */
async function erase(tenant: Tenant): Promise<void> {
  await tenant.scheduler().erase();
  await tenant.audit().erase();
  await eraseTerraformStates(tenant);
  const shards = Array.from({ length: tenant.record.executionShards }, (_, shard) => tenant.executionShard(shard));
  const groups = (await runnerGroups.list(tenant)).map(({ id }) => tenant.runnerGroup(id));
  await Promise.all([...shards, ...groups].map((object) => object.erase()));
  await eraseRows(tenant);
  const paths: string[] = [];
  for await (const { path } of tenant.files.list()) paths.push(path);
  await tenant.files.delete(paths);
}

/** Each state's object forgets it; the list of names goes with the other rows. */
async function eraseTerraformStates(tenant: Tenant): Promise<void> {
  for (let offset = 0; ; offset += TERRAFORM_STATES_PER_PAGE_MAX) {
    const { names } = await terraformStates.names(tenant, { offset, size: TERRAFORM_STATES_PER_PAGE_MAX });
    if (names.length === 0) return;
    await Promise.all(names.map((name) => tenant.terraformState(name).erase()));
  }
}

function toView({ id, name }: TenantRecord): z.infer<typeof TenantView> {
  return { id, name };
}
