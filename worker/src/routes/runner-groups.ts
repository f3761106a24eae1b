/** Runner groups, their enrolment tokens and their runners, for people. Mounted under {tenant}/runner-groups. */
import { createRoute, z } from '@hono/zod-openapi';
import * as runnerGroups from '../db/runner-groups.ts';
import { DEFAULT_GROUP } from '../db/runner-groups.ts';
import { AppError } from '../errors.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import {
  CreatedEnrolmentToken,
  CreateEnrolmentToken,
  GroupId,
  GroupMetrics,
  GroupStatus,
  RunnerView,
  UpdateRunner,
} from '../protocol/runner.ts';
import { json, jsonBody, NO_CONTENT } from './respond.ts';
import { unwrap } from './runner-answer.ts';

const description = z.string().max(500).optional();
const Group = z.object({ id: GroupId, description });
const GroupParams = z.object({ group: GroupId });
const RunnerParams = z.object({ group: GroupId, runner: z.string() });

const Listed = Group.extend({ metrics: GroupMetrics });
const Detail = Group.extend(GroupStatus.shape);

const list = createRoute({
  method: 'get',
  path: '/',
  middleware: [can('WORKER_GROUP', 'LIST')] as const,
  responses: {
    200: json('The groups, with what they have to do', z.object({ results: z.array(Listed), total: z.int() })),
  },
});

const create = createRoute({
  method: 'post',
  path: '/',
  middleware: [can('WORKER_GROUP', 'CREATE')] as const,
  request: jsonBody(Group),
  responses: { 200: json('The group', Group) },
});

const get = createRoute({
  method: 'get',
  path: '/{group}',
  middleware: [can('WORKER_GROUP', 'VIEW')] as const,
  request: { params: GroupParams },
  responses: { 200: json('The group, its runners, jobs and tokens', Detail) },
});

const update = createRoute({
  method: 'put',
  path: '/{group}',
  middleware: [can('WORKER_GROUP', 'UPDATE')] as const,
  request: { params: GroupParams, ...jsonBody(z.object({ description })) },
  responses: { 200: json('The group', Group) },
});

const remove = createRoute({
  method: 'delete',
  path: '/{group}',
  middleware: [can('WORKER_GROUP', 'DELETE')] as const,
  request: { params: GroupParams },
  responses: NO_CONTENT,
});

const metrics = createRoute({
  method: 'get',
  path: '/{group}/metrics',
  middleware: [can('WORKER_GROUP', 'VIEW')] as const,
  request: { params: GroupParams },
  responses: { 200: json('Figures to scale runners by', GroupMetrics) },
});

const createToken = createRoute({
  method: 'post',
  path: '/{group}/tokens',
  middleware: [can('WORKER_GROUP', 'UPDATE')] as const,
  request: { params: GroupParams, ...jsonBody(CreateEnrolmentToken) },
  responses: { 200: json('The enrolment token; it is shown this once', CreatedEnrolmentToken) },
});

const removeToken = createRoute({
  method: 'delete',
  path: '/{group}/tokens/{token}',
  middleware: [can('WORKER_GROUP', 'UPDATE')] as const,
  request: { params: z.object({ group: GroupId, token: z.string() }) },
  responses: NO_CONTENT,
});

const updateRunner = createRoute({
  method: 'put',
  path: '/{group}/runners/{runner}',
  middleware: [can('WORKER_GROUP', 'UPDATE')] as const,
  request: { params: RunnerParams, ...jsonBody(UpdateRunner) },
  responses: { 200: json('The runner', RunnerView) },
});

const revokeRunner = createRoute({
  method: 'delete',
  path: '/{group}/runners/{runner}',
  middleware: [can('WORKER_GROUP', 'UPDATE')] as const,
  request: { params: RunnerParams },
  responses: NO_CONTENT,
});

export const runnerGroupRoutes = routes()
  .openapi(list, async (c) => {
    const { tenant } = c.var;
    const groups = await runnerGroups.list(tenant);
    const results = await Promise.all(
      groups.map(async (group) => ({ ...group, metrics: await tenant.runnerGroup(group.id).metrics() })),
    );
    return c.json({ results, total: results.length }, 200);
  })
  .openapi(create, async (c) => {
    const group = c.req.valid('json');
    if (group.id === DEFAULT_GROUP)
      throw new AppError('already_exists', `Runner group ${DEFAULT_GROUP} exists already`);
    await runnerGroups.create(c.var.tenant, group, c.var.now);
    return c.json(group, 200);
  })
  .openapi(get, async (c) => {
    const { tenant } = c.var;
    const group = await runnerGroups.get(tenant, c.req.valid('param').group);
    return c.json({ ...group, ...(await tenant.runnerGroup(group.id).status(group.id)) }, 200);
  })
  .openapi(update, async (c) => {
    const { tenant, now } = c.var;
    const { id } = await runnerGroups.get(tenant, c.req.valid('param').group);
    const group = { id, ...c.req.valid('json') };
    await runnerGroups.put(tenant, group, now);
    return c.json(group, 200);
  })
  .openapi(remove, async (c) => {
    const { tenant } = c.var;
    const { id } = await runnerGroups.get(tenant, c.req.valid('param').group);
    if (id === DEFAULT_GROUP) throw new AppError('conflict', 'The default group cannot be removed.');
    if (!(await tenant.runnerGroup(id).isEmpty())) {
      throw new AppError('conflict', `Runner group ${id} still has runners or jobs; revoke its runners first.`);
    }
    await runnerGroups.remove(tenant, id);
    return c.body(null, 204);
  })
  .openapi(metrics, async (c) => {
    const { id } = await runnerGroups.get(c.var.tenant, c.req.valid('param').group);
    return c.json(await c.var.tenant.runnerGroup(id).metrics(), 200);
  })
  .openapi(createToken, async (c) => {
    const { tenant, principal } = c.var;
    const { id } = await runnerGroups.get(tenant, c.req.valid('param').group);
    return c.json(await tenant.runnerGroup(id).createToken(id, c.req.valid('json'), principal.email), 200);
  })
  .openapi(removeToken, async (c) => {
    const { group, token } = c.req.valid('param');
    const { id } = await runnerGroups.get(c.var.tenant, group);
    if (!(await c.var.tenant.runnerGroup(id).removeToken(token))) {
      throw new AppError('not_found', `Enrolment token ${token} not found`);
    }
    return c.body(null, 204);
  })
  .openapi(updateRunner, async (c) => {
    const { group, runner } = c.req.valid('param');
    const { id } = await runnerGroups.get(c.var.tenant, group);
    return c.json(unwrap(await c.var.tenant.runnerGroup(id).updateRunner(id, runner, c.req.valid('json'))), 200);
  })
  .openapi(revokeRunner, async (c) => {
    const { group, runner } = c.req.valid('param');
    const { id } = await runnerGroups.get(c.var.tenant, group);
    if (!(await c.var.tenant.runnerGroup(id).revokeRunner(runner))) {
      throw new AppError('not_found', `Runner ${runner} not found`);
    }
    return c.body(null, 204);
  });
