/** The catalogue of types, read from the registries: the same for every tenant. Mounted under /api/v1/plugins. */
import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '../errors.ts';
import { INPUT_TYPES } from '../flow/flow.ts';
import { flowJsonSchema, taskJsonSchema, triggerJsonSchema } from '../flow/json-schema.ts';
import { shortName, TypeNames } from '../flow/type-names.ts';
import type { GlobalEnv } from '../middleware/context.ts';
import { signedIn } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { paged, pagedOf, PageQuery, toPage } from '../protocol/paging.ts';
import { documentationOf } from '../tasks/documentation.ts';
import type { ExtensionDefinition } from '../tasks/extension.ts';
import { taskDefinitions } from '../tasks/registry.ts';
import { conditionDefinitions, triggerDefinitions } from '../triggers/registry.ts';
import { json } from './respond.ts';
import { typeIcon } from './type-icon.ts';

const TypeView = z.object({ cls: z.string(), title: z.string(), deprecated: z.boolean() });
const Group = z.object({
  name: z.string(),
  title: z.string(),
  group: z.string(),
  subGroup: z.string(),
  tasks: z.array(TypeView),
  triggers: z.array(TypeView),
  conditions: z.array(TypeView),
});
const Icon = z.object({ name: z.string(), icon: z.string(), flowable: z.boolean(), monochrome: z.boolean() });
const Schema = z.record(z.string(), z.unknown());
const Type = z.object({ type: z.string() });

const list = createRoute({
  method: 'get',
  path: '/',
  middleware: [signedIn()] as const,
  request: { query: PageQuery },
  responses: { 200: json('Types by package', pagedOf(Group)) },
});

const subgroups = createRoute({
  method: 'get',
  path: '/groups/subgroups',
  middleware: [signedIn()] as const,
  responses: { 200: json('Types by package', z.array(Group)) },
});

const icons = createRoute({
  method: 'get',
  path: '/icons',
  middleware: [signedIn()] as const,
  responses: { 200: json('A picture for each type, as SVG in base64', z.record(z.string(), Icon)) },
});

const inputs = createRoute({
  method: 'get',
  path: '/inputs',
  middleware: [signedIn()] as const,
  responses: { 200: json('Types of inputs', z.array(z.object({ type: z.string(), cls: z.string() }))) },
});

const schema = createRoute({
  method: 'get',
  path: '/schemas/{type}',
  middleware: [signedIn()] as const,
  request: { params: Type },
  responses: { 200: json('JSON schema of what an editor writes', Schema) },
});

const get = createRoute({
  method: 'get',
  path: '/{type}',
  middleware: [signedIn()] as const,
  request: { params: Type },
  responses: {
    200: json(
      'What the type is for, and its properties and outputs',
      z.object({ markdown: z.string(), schema: Schema }),
    ),
  },
});

export const pluginRoutes = routes<GlobalEnv>()
  .openapi(list, (c) => {
    const { offset, size } = toPage(c.req.valid('query'));
    return c.json(paged(groups.slice(offset, offset + size), groups.length), 200);
  })
  .openapi(subgroups, (c) => c.json(groups, 200))
  .openapi(icons, (c) => {
    const entries = definitions.map(({ type }) => [
      type,
      { name: type, icon: typeIcon(type), flowable: flowable.has(type), monochrome: false },
    ]);
    return c.json(Object.fromEntries(entries), 200);
  })
  .openapi(inputs, (c) =>
    c.json(
      INPUT_TYPES.map((type) => ({ type, cls: type })),
      200,
    ),
  )
  .openapi(schema, (c) => {
    const { type } = c.req.valid('param');
    const make = Object.hasOwn(SCHEMAS, type.toLowerCase()) ? SCHEMAS[type.toLowerCase()] : undefined;
    if (make === undefined)
      throw new AppError('not_found', `There is no schema ${type}; there are ${Object.keys(SCHEMAS).join(', ')}`);
    return c.json(make(), 200);
  })
  .openapi(get, (c) => {
    const { type } = c.req.valid('param');
    const definition = names.find(type);
    if (definition === undefined) throw new AppError('not_found', `There is no type ${shortName(type)}`);
    return c.json(documentationOf(definition), 200);
  });

/** By the lower-case name: the editor writes `flow`, others `FLOW`. */
const SCHEMAS: Record<string, () => Record<string, unknown>> = {
  flow: flowJsonSchema,
  task: taskJsonSchema,
  trigger: triggerJsonSchema,
};

const definitions: readonly ExtensionDefinition[] = [
  ...taskDefinitions,
  ...triggerDefinitions,
  ...conditionDefinitions,
];
const names = new TypeNames(definitions);
const flowable = new Set(taskDefinitions.filter(({ kind }) => kind === 'structural').map(({ type }) => type));
const groups = [...new Set(definitions.map(({ type }) => packageOf(type)))].toSorted().map(toGroup);

/** `core.log.Log` -> `core.log` */
function packageOf(type: string): string {
  return type.slice(0, type.lastIndexOf('.'));
}

function toGroup(name: string): z.infer<typeof Group> {
  const [group = name, ...rest] = name.split('.');
  const inside = (all: readonly ExtensionDefinition[]) =>
    all.filter(({ type }) => packageOf(type) === name).map(toView);
  return {
    name,
    title: name,
    group,
    subGroup: rest.join('.'),
    tasks: inside(taskDefinitions),
    triggers: inside(triggerDefinitions),
    conditions: inside(conditionDefinitions),
  };
}

function toView({ type, title, deprecated }: ExtensionDefinition): z.infer<typeof TypeView> {
  return { cls: type, title, deprecated: deprecated !== undefined };
}
