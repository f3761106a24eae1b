import { beforeEach, describe, expect, test } from 'vitest';
import { TestApp, yamlInit } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

const PATH = '/api/v1/acme/flows/company.team/hello';
const source = (message: string) =>
  `id: hello\nnamespace: company.team\ntasks:\n  - { id: a, type: core.log.Log, message: ${message} }\n`;

let ada: TestPerson;
let first: string;

beforeEach(async () => {
  const app = new TestApp();
  ada = await app.person();
  await app.tenant('acme', { owner: ada });
  const created = await ada.fetch('/api/v1/acme/flows', yamlInit('POST', source('one')));
  first = created.headers.get('etag') ?? '';
});

const update = (message: string, tag: string) => ada.fetch(PATH, yamlInit('PUT', source(message), { 'If-Match': tag }));

describe('a flow', () => {
  test('has a tag that changes when its source does', async () => {
    expect((await ada.fetch(PATH)).headers.get('etag')).toBe(first);
    const same = await ada.fetch(PATH, yamlInit('PUT', source('one')));
    expect(same.headers.get('etag')).toBe(first);
    const other = await ada.fetch(PATH, yamlInit('PUT', source('two')));
    expect(other.headers.get('etag')).not.toBe(first);
  });

  test('is written and deleted under the tag it has', async () => {
    const answer = await update('two', `"0", ${first}`);
    expect(answer.status).toBe(200);
    const headers = { 'If-Match': answer.headers.get('etag') ?? '' };
    expect((await ada.fetch(PATH, { method: 'DELETE', headers })).status).toBe(204);
  });

  test('is left alone when somebody has changed it', async () => {
    const second = (await update('two', first)).headers.get('etag');
    const refused = await update('three', first);
    expect(refused.status).toBe(412);
    expect(refused.headers.get('etag')).toBe(second);
    expect(await refused.json()).toMatchObject({ code: 'precondition_failed' });
    expect((await ada.fetch(PATH, { method: 'DELETE', headers: { 'If-Match': first } })).status).toBe(412);
    expect((await ada.fetch(`${PATH}?source=true`)).headers.get('etag')).toBe(second);
  });

  test('is written under any tag when the caller says so', async () => {
    expect((await update('two', '*')).status).toBe(200);
  });
});
