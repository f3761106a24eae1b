/** Who may do what in a tenant: one table, read by the server for each route and by the screens for what they offer. */

export const ROLES = ['owner', 'admin', 'editor', 'operator', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export const RESOURCES = [
  'FLOW',
  'EXECUTION',
  'TRIGGER',
  'NAMESPACE',
  'NAMESPACE_FILE',
  'KVSTORE',
  'SECRET',
  'DASHBOARD',
  'BLUEPRINT',
  'APP',
  'TESTSUITE',
  'ASSET',
  'TERRAFORM_STATE',
  'WORKER_GROUP',
  'USER',
  'ROLE',
  'BINDING',
  'SERVICE_ACCOUNT',
  'INVITATION',
  'TENANT_ACCESS',
  'AUDITLOG',
  'TENANT_SETTINGS',
  'TENANT',
] as const;
export type Resource = (typeof RESOURCES)[number];

const READING = [
  'VIEW',
  'LIST',
  'FOLLOW',
  'ACCESS_LOGS',
  'ACCESS_OUTPUTS',
  'ACCESS_FILES',
  'EXPORT',
  'VALIDATE',
] as const;
const RUNNING = [
  'EXECUTE',
  'RESTART',
  'KILL',
  'REPLAY',
  'PAUSE',
  'RESUME',
  'UNQUEUE',
  'FORCE_RUN',
  'CHANGE_LABELS',
  'LOCK',
  'UNLOCK',
  'BACKFILL',
  'ENABLE',
  'DISABLE',
] as const;
const WRITING = ['CREATE', 'UPDATE', 'DELETE', 'IMPORT', 'MANAGE_FILES'] as const;
const MANAGING = ['MANAGE_MEMBERS', 'USE'] as const;
export const ACTIONS = [...READING, ...RUNNING, ...WRITING, ...MANAGING] as const;
export type Action = (typeof ACTIONS)[number];

/** What people build and run. */
const WORK = [
  'FLOW',
  'EXECUTION',
  'TRIGGER',
  'NAMESPACE',
  'NAMESPACE_FILE',
  'KVSTORE',
  'SECRET',
  'DASHBOARD',
  'BLUEPRINT',
  'APP',
  'TESTSUITE',
  'ASSET',
  'TERRAFORM_STATE',
] as const satisfies Resource[];
/** Who may come in, and the machines that serve the tenant. */
const ADMINISTRATION = [
  'WORKER_GROUP',
  'USER',
  'ROLE',
  'BINDING',
  'SERVICE_ACCOUNT',
  'INVITATION',
  'TENANT_ACCESS',
  'AUDITLOG',
  'TENANT_SETTINGS',
] as const satisfies Resource[];

interface Grant {
  resources: readonly Resource[];
  actions: readonly Action[];
}

/** What a role may do beyond the roles before it. */
const VIEWER: Grant[] = [
  // A Terraform state holds secrets in clear: reading one is an editor's right.
  { resources: WORK.filter((resource) => resource !== 'TERRAFORM_STATE'), actions: READING },
  { resources: ['TERRAFORM_STATE'], actions: ['LIST'] },
  { resources: ['TENANT', 'WORKER_GROUP'], actions: ['VIEW', 'LIST'] },
];
const OPERATOR: Grant[] = [
  { resources: ['EXECUTION'], actions: [...RUNNING, 'CREATE'] },
  { resources: ['FLOW'], actions: ['EXECUTE'] },
  { resources: ['TRIGGER'], actions: RUNNING },
];
const EDITOR: Grant[] = [{ resources: WORK, actions: [...READING, ...RUNNING, ...WRITING] }];
const ADMIN: Grant[] = [
  { resources: [...WORK, ...ADMINISTRATION], actions: ACTIONS },
  { resources: ['TENANT'], actions: ['VIEW', 'LIST', 'UPDATE', 'EXPORT'] },
];
const OWNER: Grant[] = [{ resources: RESOURCES, actions: ACTIONS }];

const GRANTS: Record<Role, Grant[]> = {
  viewer: VIEWER,
  operator: [...VIEWER, ...OPERATOR],
  editor: [...VIEWER, ...OPERATOR, ...EDITOR],
  admin: [...VIEWER, ...OPERATOR, ...EDITOR, ...ADMIN],
  owner: OWNER,
};

export function allows(role: Role, resource: Resource, action: Action): boolean {
  return GRANTS[role].some((grant) => grant.resources.includes(resource) && grant.actions.includes(action));
}
