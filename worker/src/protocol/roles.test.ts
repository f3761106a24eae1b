import { describe, expect, test } from 'vitest';
import { ACTIONS, allows, RESOURCES, ROLES } from './roles.ts';
import type { Role } from './roles.ts';

describe('roles', () => {
  const everything = RESOURCES.flatMap((resource) => ACTIONS.map((action) => ({ resource, action })));

  test.each(ROLES.slice(1).map((role, n) => [ROLES[n] ?? role, role] as const))(
    '%s may all that %s may',
    (higher, lower) => {
      const lost = everything.filter(
        ({ resource, action }) => allows(lower, resource, action) && !allows(higher, resource, action),
      );
      expect(lost).toEqual([]);
    },
  );

  test.each<[Role, Parameters<typeof allows>[1], Parameters<typeof allows>[2], boolean]>([
    ['viewer', 'FLOW', 'VIEW', true],
    ['viewer', 'EXECUTION', 'CREATE', false],
    ['viewer', 'TERRAFORM_STATE', 'VIEW', false],
    ['viewer', 'AUDITLOG', 'VIEW', false],
    ['operator', 'EXECUTION', 'CREATE', true],
    ['operator', 'EXECUTION', 'DELETE', false],
    ['operator', 'FLOW', 'CREATE', false],
    ['operator', 'FLOW', 'DISABLE', false],
    ['editor', 'FLOW', 'DELETE', true],
    ['editor', 'SECRET', 'UPDATE', true],
    ['editor', 'INVITATION', 'CREATE', false],
    ['editor', 'WORKER_GROUP', 'CREATE', false],
    ['admin', 'INVITATION', 'CREATE', true],
    ['admin', 'TENANT', 'DELETE', false],
    ['owner', 'TENANT', 'DELETE', true],
  ])('%s, %s, %s: %s', (role, resource, action, expected) => {
    expect(allows(role, resource, action)).toBe(expected);
  });
});
