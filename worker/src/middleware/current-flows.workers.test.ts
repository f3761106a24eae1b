import { expect, test } from 'vitest';
import { FLOW_CURRENT_CACHE_MS } from '../limits.ts';
import { storedFlow } from '../testing/stored-flow.ts';
import { TestApp } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

const source = (message: string) => `
id: greet
namespace: company.team
tasks:
  - { id: say, type: core.log.Log, message: ${message} }
`;

const yaml = { 'content-type': 'application/x-yaml' };

async function revisionOfStart(person: TestPerson): Promise<unknown> {
  const answer = await person.fetch('/api/v1/acme/executions/company.team/greet', { method: 'POST' });
  return ((await answer.json()) as { flowRevision?: number }).flowRevision;
}

test('a start runs the revision that was saved a moment ago', async () => {
  const app = new TestApp();
  const ada = await app.person();
  await app.tenant('acme', { owner: ada });
  await ada.fetch('/api/v1/acme/flows', { method: 'POST', headers: yaml, body: source('one') });
  expect(await revisionOfStart(ada)).toBe(1);
  await ada.fetch('/api/v1/acme/flows/company.team/greet', { method: 'PUT', headers: yaml, body: source('two') });
  expect(await revisionOfStart(ada)).toBe(2);
  await ada.fetch('/api/v1/acme/flows/company.team/greet', { method: 'DELETE' });
  expect(await revisionOfStart(ada)).toBeUndefined();
});

test('what another Worker changed is seen when the entry has aged', async () => {
  const app = new TestApp();
  const other = new TestApp();
  const ada = await app.person();
  const tenant = await app.tenant('acme', { owner: ada });
  await storedFlow(tenant, source('one'));
  expect(await revisionOfStart(ada)).toBe(1);
  const update = { method: 'PUT', headers: { ...yaml, authorization: `Bearer ${ada.token}` }, body: source('two') };
  await other.fetch('/api/v1/acme/flows/company.team/greet', update);
  app.now += FLOW_CURRENT_CACHE_MS;
  expect(await revisionOfStart(ada)).toBe(2);
});
