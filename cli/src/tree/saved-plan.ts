/** A plan in a file: what was reviewed is what will be applied. It holds sources and values, and never a secret's value. */
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import type { Connection } from '../client/client.ts';
import { KINDS } from './item.ts';
import type { Plan } from './plan.ts';

const FORMAT = 'rondo-plan/1';

const Content = z.union([z.strictObject({ text: z.string() }), z.strictObject({ base64: z.base64() })]);
const Ref = { kind: z.enum(KINDS), namespace: z.string(), name: z.string() };
const Change = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('create'),
    ...Ref,
    place: z.string(),
    after: Content,
    variable: z.string().optional(),
  }),
  z.strictObject({
    action: z.literal('update'),
    ...Ref,
    place: z.string(),
    before: Content,
    after: Content,
    base: z.string(),
    isDrift: z.boolean(),
    variable: z.string().optional(),
  }),
  z.strictObject({ action: z.literal('delete'), ...Ref, before: Content, base: z.string(), isDrift: z.boolean() }),
]);

const SavedPlan = z.strictObject({
  format: z.literal(FORMAT),
  url: z.string(),
  tenant: z.string(),
  whole: z.array(z.string()),
  plan: z.strictObject({
    changes: z.array(Change),
    unchanged: z.number(),
    managed: z.record(z.string(), z.record(z.string(), z.string())),
    leftovers: z.array(z.strictObject(Ref)),
    missingSecrets: z.array(z.strictObject({ ...Ref, place: z.string() })),
  }),
});
export type SavedPlan = z.infer<typeof SavedPlan>;

export function savePlan(plan: Plan, whole: ReadonlySet<string>, { url, tenant }: Connection): string {
  const saved: SavedPlan = { format: FORMAT, url, tenant, whole: [...whole], plan };
  return `${JSON.stringify(saved, undefined, 2)}\n`;
}

/** A plan is for the server and the tenant that it was made against. */
export function readSavedPlan(
  text: string,
  file: string,
  { url, tenant }: Pick<Connection, 'url' | 'tenant'>,
): SavedPlan {
  const saved = parse(text, file);
  if (saved.url !== url || saved.tenant !== tenant) {
    throw new CliError(
      `${file} was made for the tenant \`${saved.tenant}\` of ${saved.url}, not for \`${tenant}\` of ${url}`,
      {
        remedy: 'apply it there, or make a plan for here',
      },
    );
  }
  return saved;
}

function parse(text: string, file: string): SavedPlan {
  const remedy = 'make it again: `rondo plan PATH… -out FILE`';
  try {
    return SavedPlan.parse(JSON.parse(text));
  } catch (error) {
    throw new CliError(`${file} is no saved plan`, { remedy, cause: error });
  }
}
