import { beforeEach, describe, expect, test } from 'vitest';
import { TestApp, yamlInit } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

interface Kind {
  source: string;
  /** A member of the answer that holds the source. */
  sourceName: string;
  create: string;
  path(created: Record<string, string>): string;
  list: string;
  bad: string;
}

const KINDS: Record<string, Kind> = {
  dashboard: {
    source: '# ours\ntitle: Overview\nid: overview\ncharts: []\n',
    sourceName: 'sourceCode',
    create: 'dashboards',
    path: ({ id }) => `dashboards/${id}`,
    list: 'dashboards?q=over',
    bad: 'charts: []\n',
  },
  app: {
    source: '# ours\nid: form\nnamespace: company.team\ndisplayName: Order form\ntype: ee.apps.Execution\n',
    sourceName: 'source',
    create: 'apps',
    path: ({ uid }) => `apps/${uid}`,
    list: 'apps/search?q=order',
    bad: 'id: [1]\n',
  },
  test: {
    source: '# ours\nid: greets\nnamespace: company.team\nflowId: hello\ntestCases: []\n',
    sourceName: 'source',
    create: 'tests',
    path: ({ namespace, id }) => `tests/${namespace}/${id}`,
    list: 'tests/search?namespace=company',
    bad: 'id: greets\n',
  },
};

let ada: TestPerson;
let vic: TestPerson;
let eve: TestPerson;

beforeEach(async () => {
  const app = new TestApp();
  [ada, vic, eve] = [await app.person(), await app.person('vic'), await app.person('eve')];
  await app.tenant('acme', { editor: ada, viewer: vic });
  await app.tenant('other', { owner: eve });
});

const API = '/api/v1/acme/';

describe.each(Object.entries(KINDS))(
  'a source of the kind %s',
  (_, { source, sourceName, create, path, list, bad }) => {
    const make = async () => (await ada.fetch(API + create, yamlInit('POST', source))).json<Record<string, string>>();

    test('comes back byte for byte, is listed, updated and deleted', async () => {
      const created = await make();
      expect(created[sourceName]).toBe(source);
      const place = API + path(created);
      expect(await (await ada.fetch(place)).json()).toEqual(created);
      expect(await (await vic.fetch(API + list)).json()).toEqual({ results: [created], total: 1 });
      const changed = await ada.fetch(place, yamlInit('PUT', `${source}# more\n`));
      expect(await changed.json()).toMatchObject({ [sourceName]: `${source}# more\n` });
      expect((await ada.fetch(place, { method: 'DELETE' })).status).toBe(204);
      expect((await ada.fetch(place)).status).toBe(404);
      expect((await ada.fetch(place, yamlInit('PUT', source))).status).toBe(404);
      expect((await ada.fetch(place, { method: 'DELETE' })).status).toBe(404);
    });

    test.each([bad, 'a: [', '- 1\n', ''])('is not %j', async (text) => {
      const answer = await ada.fetch(API + create, yamlInit('POST', text));
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({ code: 'invalid_body', errors: [expect.anything()] });
    });

    test('is for members, and written by editors', async () => {
      const place = path(await make());
      expect((await vic.fetch(API + place)).status).toBe(200);
      expect((await vic.fetch(API + place, { method: 'DELETE' })).status).toBe(403);
      expect((await eve.fetch(API + place)).status).toBe(404);
      expect((await eve.fetch(`/api/v1/other/${place}`)).status).toBe(404);
    });
  },
);

test('an address is taken once, and does not change', async () => {
  const { source } = KINDS.test ?? { source: '' };
  const post = () => ada.fetch(`${API}tests`, yamlInit('POST', source));
  expect((await post()).status).toBe(200);
  expect((await post()).status).toBe(422);
  const moved = await ada.fetch(`${API}tests/company.team/greets`, yamlInit('PUT', source.replace('greets', 'other')));
  expect(moved.status).toBe(422);
});

test('a dashboard is checked without being kept', async () => {
  const check = async (text: string) => (await ada.fetch(`${API}dashboards/validate`, yamlInit('POST', text))).json();
  expect(await check('title: a\n')).toEqual({ diagnostics: [] });
  expect(await check('charts: []\n')).toMatchObject({ constraints: 'title: must not be empty' });
});
