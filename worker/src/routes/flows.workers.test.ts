import { unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { jsonInit, TestApp, yamlInit } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

const FLOWS = '/api/v1/acme/flows';

function source(id: string, { namespace = 'demo', message = 'hi', extra = '' } = {}): string {
  return `id: ${id}\nnamespace: ${namespace}\n${extra}tasks:\n  - id: log\n    type: io.kestra.plugin.core.log.Log\n    message: ${message}\n`;
}

/** Its owner, in a tenant of their own; and somebody who may only look. */
async function acme(): Promise<{ app: TestApp; ada: TestPerson; viewer: TestPerson; eve: TestPerson }> {
  const app = new TestApp();
  const [ada, viewer, eve] = [await app.person('ada'), await app.person('vic'), await app.person('eve')];
  await app.tenant('acme', { editor: ada, viewer });
  await app.tenant('other', { owner: eve });
  return { app, ada, viewer, eve };
}

async function save(person: TestPerson, text: string): Promise<Response> {
  return person.fetch(FLOWS, yamlInit('POST', text));
}

interface FlowBody {
  id: string;
  namespace: string;
  revision: number;
  disabled: boolean;
  deleted: boolean;
  source?: string;
}

describe('a flow', () => {
  test('is kept byte for byte', async () => {
    const { ada } = await acme();
    const text = `\uFEFF# A greeting, with "quotes" and ümlauts\r\n${source('hello')}\r\n# the end\n\n`;
    const saved = await save(ada, text);
    expect(saved.status).toBe(200);
    expect(await saved.json()).toMatchObject({
      id: 'hello',
      namespace: 'demo',
      revision: 1,
      disabled: false,
      deleted: false,
      source: text,
    });
    const read = await (await ada.fetch(`${FLOWS}/demo/hello?source=true`)).json<FlowBody>();
    expect(read.source).toBe(text);
  });

  test('comes without its source unless asked, with types as they were written and no nulls', async () => {
    const { ada } = await acme();
    await save(ada, source('hello', { extra: 'labels: { team: data }\nvariables: { big: 12345678901234567890 }\n' }));
    const text = await (await ada.fetch(`${FLOWS}/demo/hello`)).text();
    expect(text).toContain('"big":12345678901234567890');
    expect(text).not.toContain('null');
    expect(JSON.parse(text)).toMatchObject({
      labels: [{ key: 'team', value: 'data' }],
      tasks: [{ id: 'log', type: 'io.kestra.plugin.core.log.Log', message: 'hi' }],
    });
    expect(text).not.toContain('"source"');
  });

  test.each(['application/x-yaml', 'application/yaml', 'text/yaml', 'application/json', undefined])(
    'is accepted as %s',
    async (type) => {
      const { ada } = await acme();
      const body = new TextEncoder().encode(source('hello'));
      const saved = await ada.fetch(FLOWS, {
        method: 'POST',
        body,
        headers: type === undefined ? {} : { 'content-type': type },
      });
      expect(saved.status).toBe(200);
    },
  );

  test('is refused with every fault and its place', async () => {
    const { ada } = await acme();
    const refused = await save(
      ada,
      'id: hello\nnamespace: Demo\ncolour: red\ntasks:\n  - id: log\n    type: core.log.Nothing\n',
    );
    expect(refused.status).toBe(422);
    const body = await refused.json<{ code: string; errors: { pointer: string; line: number }[]; message: string }>();
    expect(body.code).toBe('invalid_flow');
    expect(body.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pointer: 'namespace', line: 2 }),
        expect.objectContaining({ pointer: 'colour', line: 3, code: 'unknown-property' }),
        expect.objectContaining({ pointer: 'tasks[0].type', line: 6 }),
      ]),
    );
    expect(body.message).toContain('colour');
  });

  test('is refused in a namespace that is a word of the API', async () => {
    const { ada } = await acme();
    const refused = await save(ada, source('hello', { namespace: 'search' }));
    expect(await refused.json()).toMatchObject({ code: 'invalid_flow', errors: [{ pointer: 'namespace' }] });
  });

  test('is refused when it is not UTF-8', async () => {
    const { ada } = await acme();
    const refused = await ada.fetch(FLOWS, { method: 'POST', body: new Uint8Array([0x69, 0xff]) });
    expect(await refused.json()).toMatchObject({ code: 'invalid_flow', errors: [{ code: 'yaml.encoding' }] });
  });

  test('is refused as a form', async () => {
    const { ada } = await acme();
    const form = { method: 'POST', body: 'id=hello', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect((await ada.fetch(FLOWS, form)).status).toBe(415);
  });

  test('is created once', async () => {
    const { ada } = await acme();
    await save(ada, source('hello'));
    const again = await save(ada, source('hello', { message: 'again' }));
    expect(again.status).toBe(422);
    expect(await again.json()).toMatchObject({ code: 'already_exists' });
  });

  test('that is unknown is not found', async () => {
    const { ada } = await acme();
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/revisions'],
    ] as const) {
      expect((await ada.fetch(`${FLOWS}/demo/nothing${path}`, { method })).status).toBe(404);
    }
    expect((await ada.fetch(`${FLOWS}/demo/nothing`, yamlInit('PUT', source('nothing')))).status).toBe(404);
  });
});

describe('revisions', () => {
  test('count changes of the text, and nothing else', async () => {
    const { ada } = await acme();
    await save(ada, source('hello'));
    const put = async (text: string) =>
      (await ada.fetch(`${FLOWS}/demo/hello`, yamlInit('PUT', text))).json<FlowBody>();
    expect((await put(source('hello'))).revision).toBe(1);
    expect((await put(`${source('hello')}# a comment\n`)).revision).toBe(2);
    expect((await put(source('hello', { message: 'new' }))).revision).toBe(3);
    const old = await (await ada.fetch(`${FLOWS}/demo/hello?revision=1&source=true`)).json<FlowBody>();
    expect(old).toMatchObject({ revision: 1, source: source('hello') });
    const all = await (await ada.fetch(`${FLOWS}/demo/hello/revisions`)).json<FlowBody[]>();
    expect(all.map(({ revision }) => revision)).toEqual([1, 2, 3]);
  });

  test('go on counting over a deletion', async () => {
    const { ada } = await acme();
    await save(ada, source('hello'));
    expect((await ada.fetch(`${FLOWS}/demo/hello`, { method: 'DELETE' })).status).toBe(204);
    expect((await ada.fetch(`${FLOWS}/demo/hello`)).status).toBe(404);
    const deleted = await (await ada.fetch(`${FLOWS}/demo/hello?allowDeleted=true`)).json();
    expect(deleted).toMatchObject({ revision: 2, deleted: true });
    expect(await (await save(ada, source('hello'))).json()).toMatchObject({ revision: 3, deleted: false });
  });

  test('can be removed, but for the newest one', async () => {
    const { ada } = await acme();
    await save(ada, source('hello'));
    for (const message of ['b', 'c'])
      await ada.fetch(`${FLOWS}/demo/hello`, yamlInit('PUT', source('hello', { message })));
    const remove = (list: string) => ada.fetch(`${FLOWS}/demo/hello/revisions?revisions=${list}`, { method: 'DELETE' });
    expect((await remove('1,3')).status).toBe(204);
    const left = await (await ada.fetch(`${FLOWS}/demo/hello/revisions`)).json<FlowBody[]>();
    expect(left.map(({ revision }) => revision)).toEqual([2, 3]);
    expect((await remove('3')).status).toBe(404);
    expect((await remove('x')).status).toBe(422);
  });

  test('of an update must be about the flow of the path', async () => {
    const { ada } = await acme();
    await save(ada, source('hello'));
    const refused = await ada.fetch(
      `${FLOWS}/demo/hello`,
      yamlInit('PUT', source('other', { namespace: 'elsewhere' })),
    );
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      code: 'invalid_flow',
      errors: [{ pointer: 'namespace' }, { pointer: 'id' }],
    });
  });

  test('that collide leave one winner and tell the other', async () => {
    const { ada } = await acme();
    await save(ada, source('hello'));
    const puts = ['a', 'b', 'c', 'd'].map((message) =>
      ada.fetch(`${FLOWS}/demo/hello`, yamlInit('PUT', source('hello', { message }))),
    );
    const statuses = (await Promise.all(puts)).map(({ status }) => status);
    expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
    const { revision } = await (await ada.fetch(`${FLOWS}/demo/hello`)).json<FlowBody>();
    expect(revision).toBe(1 + statuses.filter((status) => status === 200).length);
  });
});

describe('who may', () => {
  test('look but not write: a viewer', async () => {
    const { ada, viewer } = await acme();
    await save(ada, source('hello'));
    expect((await viewer.fetch(`${FLOWS}/demo/hello`)).status).toBe(200);
    const refused = await save(viewer, source('other'));
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('viewer') });
    expect((await viewer.fetch(`${FLOWS}/demo/hello`, { method: 'DELETE' })).status).toBe(403);
    expect((await viewer.fetch(`${FLOWS}/bulk`, yamlInit('POST', source('other')))).status).toBe(403);
  });

  test('do nothing at all: somebody of another tenant, or nobody', async () => {
    const { app, ada, eve } = await acme();
    await save(ada, source('hello'));
    for (const path of [
      '/demo/hello',
      '/search',
      '/demo',
      '/source?q=hi',
      '/distinct-namespaces',
      '/demo/hello/revisions',
      '/export/by-query',
    ]) {
      expect((await eve.fetch(FLOWS + path)).status).toBe(404);
      expect((await app.fetch(FLOWS + path)).status).toBe(401);
    }
    const own = await eve.fetch('/api/v1/other/flows/search');
    expect(await own.json()).toEqual({ results: [], total: 0 });
    expect((await eve.fetch('/api/v1/other/flows/demo/hello')).status).toBe(404);
  });
});

describe('validation', () => {
  const validate = async (person: TestPerson, text: string) =>
    (await person.fetch(`${FLOWS}/validate`, yamlInit('POST', text))).json<Record<string, unknown>[]>();

  test('answers for each document in order, and never fails', async () => {
    const { ada } = await acme();
    const answer = await validate(ada, `${source('one')}---\n${source('two', { extra: 'colour: red\n' })}`);
    expect(answer).toMatchObject([
      { index: 0, namespace: 'demo', flow: 'one', outdated: false },
      { index: 1, namespace: 'demo', flow: 'two', constraints: expect.stringContaining('colour') },
    ]);
    expect(answer[0]).not.toHaveProperty('constraints');
  });

  test.each(['', '[', 'just text', 'id: [1', '\u0000'])('of %j says what is wrong', async (text) => {
    const { ada } = await acme();
    expect(await validate(ada, text)).toMatchObject([{ index: 0, constraints: expect.any(String) }]);
  });

  test('looks at a task or a trigger alone', async () => {
    const { ada } = await acme();
    const one = async (path: string, text: string) =>
      (await ada.fetch(`${FLOWS}/validate/${path}`, yamlInit('POST', text))).json<Record<string, unknown>>();
    expect(await one('task?section=TASKS', 'id: a\ntype: core.log.Log\nmessage: hi\n')).not.toHaveProperty(
      'constraints',
    );
    expect(await one('task', 'id: a\ntype: core.log.Nothing\n')).toMatchObject({
      constraints: expect.stringContaining('Invalid type'),
    });
    expect(await one('trigger', 'id: a\ntype: core.trigger.Schedule\ncron: "61 * * * *"\n')).toHaveProperty(
      'constraints',
    );
  });

  test('tells when a newer revision is stored', async () => {
    const { ada } = await acme();
    await save(ada, source('hello'));
    await ada.fetch(`${FLOWS}/demo/hello`, yamlInit('PUT', source('hello', { message: 'new' })));
    expect(await validate(ada, source('hello', { extra: 'revision: 1\n' }))).toMatchObject([{ outdated: true }]);
    expect(await validate(ada, source('hello', { extra: 'revision: 2\n' }))).toMatchObject([{ outdated: false }]);
  });
});

describe('a deploy of a namespace', () => {
  const deploy = (person: TestPerson, text: string, query = '') =>
    person.fetch(`${FLOWS}/demo${query}`, yamlInit('POST', text));
  const both = `${source('one')}---\n${source('two')}`;

  test('takes sources as parts of a form, all or none, each byte for byte', async () => {
    const { ada } = await acme();
    const sources = [`---\r\n${source('one')}`, source('two').trimEnd(), '\uFEFF' + source('three')];
    const send = (texts: string[]) => {
      const body = new FormData();
      for (const text of texts) body.append('flows', new Blob([text]));
      return ada.fetch(`${FLOWS}/demo?delete=false`, { method: 'POST', body });
    };
    expect((await send([...sources, source('four', { namespace: 'other' })])).status).toBe(422);
    expect((await ada.fetch(`${FLOWS}/demo/one`)).status).toBe(404);
    const deployed = await (await send(sources)).json<FlowBody[]>();
    expect(deployed.map((flow) => flow.source)).toEqual(sources);
  });

  test('creates, updates and deletes, and answers with all of it', async () => {
    const { ada } = await acme();
    await save(ada, source('old'));
    const deployed = await (await deploy(ada, both)).json<FlowBody[]>();
    expect(deployed).toMatchObject([
      { id: 'one', revision: 1, deleted: false },
      { id: 'two', revision: 1, deleted: false },
      { id: 'old', revision: 2, deleted: true },
    ]);
    const again = await (await deploy(ada, both)).json<FlowBody[]>();
    expect(again).toMatchObject([
      { id: 'one', revision: 1 },
      { id: 'two', revision: 1 },
    ]);
  });

  test('keeps each document’s own bytes', async () => {
    const { ada } = await acme();
    await deploy(ada, both);
    const { source: text } = await (await ada.fetch(`${FLOWS}/demo/one?source=true`)).json<FlowBody>();
    expect(text).toBe(source('one'));
  });

  test('deletes nothing when told so, and nothing of other namespaces ever', async () => {
    const { ada } = await acme();
    await save(ada, source('old'));
    await save(ada, source('child', { namespace: 'demo.child' }));
    await deploy(ada, both, '?delete=false');
    expect((await ada.fetch(`${FLOWS}/demo/old`)).status).toBe(200);
    await deploy(ada, both);
    expect((await ada.fetch(`${FLOWS}/demo.child/child`)).status).toBe(200);
  });

  test('changes nothing when one flow is wrong, elsewhere or there twice', async () => {
    const { ada } = await acme();
    await save(ada, source('old'));
    const wrong = [
      'colour: red',
      `${source('one')}---\n${source('one')}`,
      `${source('one')}---\n${source('two', { namespace: 'other' })}`,
    ];
    for (const text of wrong) expect((await deploy(ada, text)).status).toBe(422);
    const { total } = await (await ada.fetch(`${FLOWS}/search`)).json<{ total: number }>();
    expect(total).toBe(1);
  });

  test('moves flows of other namespaces here when told to override', async () => {
    const { ada } = await acme();
    const moved = await (await deploy(ada, source('one', { namespace: 'other' }), '?override=true')).json<FlowBody[]>();
    expect(moved).toMatchObject([{ id: 'one', namespace: 'demo', source: source('one') }]);
  });

  test('over several namespaces clears each of them, and no others', async () => {
    const { ada } = await acme();
    await save(ada, source('old'));
    await save(ada, source('kept', { namespace: 'elsewhere' }));
    const bulk = await ada.fetch(
      `${FLOWS}/bulk`,
      yamlInit('POST', `${both}---\n${source('three', { namespace: 'third' })}`),
    );
    const deployed = await bulk.json<FlowBody[]>();
    expect(deployed.map(({ id, deleted }) => [id, deleted])).toEqual([
      ['one', false],
      ['two', false],
      ['three', false],
      ['old', true],
    ]);
    expect((await ada.fetch(`${FLOWS}/elsewhere/kept`)).status).toBe(200);
  });
});

describe('a search', () => {
  async function filled() {
    const { app, ada } = await acme();
    await save(ada, source('alpha', { extra: 'labels: { team: data, tier: "1" }\n', message: 'needle in a haystack' }));
    await save(ada, source('beta', { namespace: 'demo.child', extra: 'labels: [{ key: team, value: web }]\n' }));
    await save(ada, source('gamma', { namespace: 'demolition' }));
    const ids = async (query: string) => {
      const { results } = await (await ada.fetch(`${FLOWS}/search?sort=id&${query}`)).json<{ results: FlowBody[] }>();
      return results.map(({ id }) => id);
    };
    return { app, ada, ids };
  }

  test.each([
    ['namespace=demo', ['alpha', 'beta']],
    ['filters[namespace][EQUALS]=demo', ['alpha']],
    ['filters[namespace][PREFIX]=demo', ['alpha', 'beta']],
    ['filters[namespace][STARTS_WITH]=demol', ['gamma']],
    ['filters[namespace][NOT_EQUALS]=demo', ['beta', 'gamma']],
    ['filters[namespace][ENDS_WITH]=child', ['beta']],
    ['filters[flowId][IN]=alpha,gamma', ['alpha', 'gamma']],
    ['filters[flowId][CONTAINS]=AMM', ['gamma']],
    ['labels=team:data', ['alpha']],
    ['labels=team:data&labels=tier:1', ['alpha']],
    ['filters[labels][EQUALS][team]=web', ['beta']],
    ['filters[labels][NOT_EQUALS][team]=web', ['alpha', 'gamma']],
    ['filters[labels][IN][team]=web,data', ['alpha', 'beta']],
    ['q=demo+bet', ['beta']],
    ['scope=USER', ['alpha', 'beta', 'gamma']],
    ['scope=SYSTEM', []],
    ['filters[or][0][flowId][EQUALS]=alpha&filters[or][1][flowId][EQUALS]=beta', ['alpha', 'beta']],
    ["filters[flowId][EQUALS]=alpha' or '1'='1", []],
  ])('by %s finds %j', async (query, expected) => {
    const { ids } = await filled();
    expect(await ids(query)).toEqual(expected);
  });

  test('goes page by page in a stable order', async () => {
    const { ada } = await filled();
    const page = async (n: number) =>
      (await ada.fetch(`${FLOWS}/search?size=2&page=${n}&sort=disabled:desc`)).json<{
        results: FlowBody[];
        total: number;
      }>();
    const [first, second] = [await page(1), await page(2)];
    expect(first.total).toBe(3);
    expect([...first.results, ...second.results].map(({ id }) => id)).toEqual(['alpha', 'beta', 'gamma']);
  });

  test.each([
    ['filters[colour][EQUALS]=red', 400, 'invalid_filter'],
    ['filters[namespace][REGEX]=a', 400, 'invalid_filter'],
    ['scope=ALL', 400, 'invalid_filter'],
    ['page=0', 422, 'invalid_parameter'],
    ['size=0', 422, 'invalid_parameter'],
    ['sort=password', 422, 'invalid_parameter'],
  ])('by %s is refused', async (query, status, code) => {
    const { ada } = await acme();
    const refused = await ada.fetch(`${FLOWS}/search?${query}`);
    expect(refused.status).toBe(status);
    expect(await refused.json()).toMatchObject({ code });
  });

  test('in sources shows where the text stands', async () => {
    const { ada } = await filled();
    const found = await ada.fetch(`${FLOWS}/source?q=NEEDLE`);
    expect(await found.json()).toMatchObject({
      results: [{ model: { id: 'alpha' }, fragments: [expect.stringContaining('[mark]needle[/mark] in a haystack')] }],
      total: 1,
    });
  });

  test('for namespaces lists those that have flows', async () => {
    const { ada } = await filled();
    await ada.fetch(`${FLOWS}/demolition/gamma`, { method: 'DELETE' });
    expect(await (await ada.fetch(`${FLOWS}/distinct-namespaces`)).json()).toEqual(['demo', 'demo.child']);
    expect(await (await ada.fetch(`${FLOWS}/demo`)).json()).toMatchObject([{ id: 'alpha' }]);
  });
});

describe('an action on many', () => {
  const ref = (id: string) => ({ id, namespace: 'demo' });

  test('disables and enables without touching the source', async () => {
    const { ada } = await acme();
    await save(ada, source('one'));
    const act = (verb: string) => ada.fetch(`${FLOWS}/${verb}/by-ids`, jsonInit('POST', [ref('one')]));
    expect(await (await act('disable')).json()).toEqual({ count: 1 });
    expect(await (await ada.fetch(`${FLOWS}/demo/one?source=true`)).json()).toMatchObject({
      disabled: true,
      revision: 1,
      source: source('one'),
    });
    expect(await (await act('enable')).json()).toEqual({ count: 1 });
    expect(await (await ada.fetch(`${FLOWS}/demo/one`)).json()).toMatchObject({ disabled: false });
  });

  test('deletes what is named, or what a search finds', async () => {
    const { ada } = await acme();
    for (const id of ['one', 'two', 'three']) await save(ada, source(id));
    const named = await ada.fetch(`${FLOWS}/delete/by-ids`, jsonInit('DELETE', [ref('one')]));
    expect(await named.json()).toEqual({ count: 1 });
    const found = await ada.fetch(`${FLOWS}/delete/by-query?filters[flowId][STARTS_WITH]=t`, { method: 'DELETE' });
    expect(await found.json()).toEqual({ count: 2 });
  });

  test('does nothing when one of them is not there', async () => {
    const { ada } = await acme();
    await save(ada, source('one'));
    const refused = await ada.fetch(`${FLOWS}/disable/by-ids`, jsonInit('POST', [ref('one'), ref('nothing')]));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ code: 'bulk_validation_failed', invalids: ['demo.nothing'] });
    expect(await (await ada.fetch(`${FLOWS}/demo/one`)).json()).toMatchObject({ disabled: false });
    expect((await ada.fetch(`${FLOWS}/disable/by-ids`, jsonInit('POST', { id: 'one' }))).status).toBe(422);
  });
});

describe('an archive', () => {
  test('of flows comes out as it can go in', async () => {
    const { ada } = await acme();
    for (const id of ['one', 'two']) await save(ada, source(id));
    const exported = await ada.fetch(`${FLOWS}/export/by-query?namespace=demo`);
    expect(exported.headers.get('content-type')).toBe('application/zip');
    const archive = new Uint8Array(await exported.arrayBuffer());
    expect(Object.keys(unzipSync(archive))).toEqual(['demo-one.yml', 'demo-two.yml']);

    await ada.fetch(`${FLOWS}/delete/by-query`, { method: 'DELETE' });
    const imported = await upload(ada, archive, 'flows.zip');
    expect(await imported.json()).toEqual([]);
    expect(await (await ada.fetch(`${FLOWS}/demo/one?source=true`)).json()).toMatchObject({
      source: source('one'),
      revision: 3,
    });
  });

  test('names the files that could not be imported, and imports the others', async () => {
    const { ada } = await acme();
    const encode = (text: string) => new TextEncoder().encode(text);
    const archive = zipSync({
      'good.yaml': encode(source('one')),
      'bad.yml': encode('id: ['),
      'readme.txt': encode('not a flow'),
    });
    expect(await (await upload(ada, archive, 'flows.zip')).json()).toEqual(['bad.yml']);
    expect((await ada.fetch(`${FLOWS}/demo/one`)).status).toBe(200);
    expect((await upload(ada, archive, 'flows.zip', '?failOnError=true')).status).toBe(422);
  });

  test('may also be a text of several documents', async () => {
    const { ada } = await acme();
    const text = new TextEncoder().encode(`${source('one')}---\n${source('two')}`);
    expect(await (await upload(ada, text, 'flows.yaml')).json()).toEqual([]);
    expect((await ada.fetch(`${FLOWS}/demo/two`)).status).toBe(200);
  });

  test('that is broken, or no file at all, is refused', async () => {
    const { ada } = await acme();
    expect((await upload(ada, new TextEncoder().encode('PK nonsense'), 'flows.zip')).status).toBe(422);
    const form = new FormData();
    form.set('fileUpload', 'text');
    expect((await ada.fetch(`${FLOWS}/import`, { method: 'POST', body: form })).status).toBe(422);
  });

  function upload(person: TestPerson, bytes: Uint8Array, name: string, query = ''): Promise<Response> {
    const form = new FormData();
    form.set('fileUpload', new File([new Uint8Array(bytes)], name));
    return person.fetch(`${FLOWS}/import${query}`, { method: 'POST', body: form });
  }
});
