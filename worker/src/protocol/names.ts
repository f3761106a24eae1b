/** The names that people choose: what they may look like, and the words that are taken because a route begins with them. */
import { z } from 'zod';

/** No resource word and no root of the API may be a tenant: both stand where a tenant stands in a path. */
const RESERVED_TENANT_IDS: ReadonlySet<string> = new Set(
  `apps assets auditlogs auth auths banners basicauth basicauthvalidationerrors bindings blueprints configs credentials
  dashboards docs executions flows forgotten-password groups instance invitation invitations kill-switches kv license
  license-info login logout logs main-tenant-flows mcp me metrics namespaces notifications openapi.json outputs
  pebble plugins policies quotas request-code reset-password roles runner-groups runners runs schemas secrets
  service-accounts setup signup taskruns templates tenant-access tenants terraform tests triggers ui usages users
  validate-password webhook worker-groups`.split(/\s+/),
);

const RESERVED_NAMESPACES: ReadonlySet<string> = new Set(
  `search validate graph bulk import source export deprecated delete enable disable expressions policies
  distinct-namespaces webhook trigger latest flows namespaces`.split(/\s+/),
);

export const TenantId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be lower-case letters, digits, - and _, and start with a letter or digit')
  .max(63, 'must have at most 63 characters')
  .refine((id) => !RESERVED_TENANT_IDS.has(id), { error: (issue) => `"${String(issue.input)}" is a reserved word` });

export const Namespace = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be lower-case letters, digits, ".", - and _, and start with a letter or digit')
  .max(150, 'must have at most 150 characters');

/** A namespace that may be written to: the reserved ones would hide behind routes. */
export const NewNamespace = Namespace.refine((id) => !RESERVED_NAMESPACES.has(id), {
  error: (issue) => `"${String(issue.input)}" is a reserved word`,
});

export function isReservedNamespace(id: string): boolean {
  return RESERVED_NAMESPACES.has(id);
}

/** A tenant id made from what a person calls it; undefined when nothing usable remains. */
export function tenantIdFrom(name: string): string | undefined {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '')
    .slice(0, 50);
  return TenantId.safeParse(slug).success ? slug : undefined;
}
