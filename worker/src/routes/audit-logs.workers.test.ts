import { runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Tenant } from '../tenant.ts';
import { jsonInit, TestApp, yamlInit } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

interface Entry {
  auditLog: { type: string; detail: Record<string, string>; tokenId?: string; ipAddress?: string };
  user: { username: string };
}

const FLOW = 'id: hello\nnamespace: company.team\ntasks:\n  - { id: a, type: core.log.Log, message: hi }\n';

let app: TestApp;
let ada: TestPerson;
let tenant: Tenant;

beforeEach(async () => {
  app = new TestApp();
  ada = await app.person();
  tenant = await app.tenant('acme', { owner: ada });
});

async function entries(query = ''): Promise<Entry[]> {
  const answer = await ada.fetch(`/api/v1/acme/auditlogs/search?size=100&${query}`);
  expect(answer.status).toBe(200);
  return (await answer.json<{ results: Entry[] }>()).results;
}

async function changeThings(): Promise<void> {
  await ada.fetch('/api/v1/acme/flows', yamlInit('POST', FLOW, { 'CF-Connecting-IP': '192.0.2.1' }));
  await ada.fetch('/api/v1/acme/namespaces/company.team/secrets', jsonInit('PUT', { key: 'TOKEN', value: 'hunter2' }));
  await ada.fetch('/api/v1/acme/flows/company.team/hello', { method: 'DELETE' });
}

describe('the audit log', () => {
  test('tells who changed what, newest first, and no value', async () => {
    await changeThings();
    const log = await entries();
    expect(log.map(({ auditLog: { type, detail } }) => `${type} ${detail.type} ${detail.operation}`)).toEqual([
      'DELETE FLOW DELETE /flows/{namespace}/{id}',
      'UPDATE SECRET PUT /namespaces/{namespace}/secrets',
      'CREATE FLOW POST /flows',
    ]);
    expect(log[0]).toMatchObject({
      auditLog: { detail: { namespace: 'company.team', id: 'hello' }, tokenId: expect.any(String) },
      user: { username: ada.email },
    });
    expect(log[2]?.auditLog.ipAddress).toBe('192.0.2.1');
    expect(JSON.stringify(log)).not.toContain('hunter2');
  });

  test('leaves out what changed nothing', async () => {
    await ada.fetch('/api/v1/acme/flows', yamlInit('POST', 'id: x\n'));
    await ada.fetch('/api/v1/acme/flows/validate', yamlInit('POST', FLOW));
    await ada.fetch('/api/v1/acme/flows/company.team/nothing', { method: 'DELETE' });
    await ada.fetch('/api/v1/acme/executions/latest', jsonInit('POST', []));
    expect(await entries()).toEqual([]);
  });

  test('is searched by type, resource, namespace and date, and exported', async () => {
    await changeThings();
    expect(await entries('type=CREATE')).toHaveLength(1);
    expect(await entries('resourceType=SECRET')).toHaveLength(1);
    expect(await entries('namespace=company.team')).toHaveLength(2);
    expect(await entries('startDate=2027-01-01T00:00:00Z')).toHaveLength(0);
    const csv = await (await ada.fetch('/api/v1/acme/auditlogs/export?type=DELETE')).text();
    expect(csv.trim().split('\r\n')).toEqual([
      expect.stringMatching(/^date,type/),
      expect.stringContaining('DELETE,FLOW'),
    ]);
  });

  test('shows when somebody has changed a record', async () => {
    await changeThings();
    const verify = async () => (await ada.fetch('/api/v1/acme/auditlogs/verify')).json();
    expect(await verify()).toEqual({ intact: true, records: 3 });
    await runInDurableObject(tenant.audit(), (_, { storage }) => {
      storage.sql.exec(`UPDATE record SET document = replace(document, 'SECRET', 'FLOW') WHERE id = 2`);
    });
    expect(await verify()).toEqual({ intact: false, records: 1, brokenAt: '2' });
  });

  test('is for administrators of the tenant', async () => {
    const [eva, eve] = [await app.person('eva'), await app.person('eve')];
    await app.tenant('other', { owner: eve, editor: eva });
    expect((await eva.fetch('/api/v1/other/auditlogs/search')).status).toBe(403);
    expect((await eve.fetch('/api/v1/acme/auditlogs/search')).status).toBe(404);
  });
});
