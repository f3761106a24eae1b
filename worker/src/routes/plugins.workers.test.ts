import { describe, expect, test } from 'vitest';
import { TestApp } from '../testing/test-app.ts';

const PLUGINS = '/api/v1/plugins';

describe('the catalogue of types', () => {
  test('lists every package with what it holds', async () => {
    const ada = await new TestApp().person();
    const { results, total } = await (
      await ada.fetch(`${PLUGINS}?size=10000`)
    ).json<{ results: { name: string }[]; total: number }>();
    expect(results).toHaveLength(total);
    expect(results.find(({ name }) => name === 'core.log')).toMatchObject({
      group: 'core',
      subGroup: 'log',
      tasks: expect.arrayContaining([{ cls: 'core.log.Log', title: expect.any(String), deprecated: false }]),
    });
    expect(await (await ada.fetch(`${PLUGINS}/groups/subgroups`)).json()).toEqual(results);
  });

  test.each(['core.log.Log', 'io.kestra.plugin.core.log.Log', 'io.kestra.core.tasks.log.Log', 'core.trigger.Schedule'])(
    'documents %s under any of its names',
    async (type) => {
      const ada = await new TestApp().person();
      const found = await ada.fetch(`${PLUGINS}/${type}`);
      expect(found.status).toBe(200);
      expect(await found.json()).toMatchObject({
        markdown: expect.stringContaining('# core.'),
        schema: { properties: {}, outputs: {} },
      });
    },
  );

  test.each(['flow', 'FLOW', 'TASK', 'Trigger'])('has the schema %s in any case', async (type) => {
    const ada = await new TestApp().person();
    expect(await (await ada.fetch(`${PLUGINS}/schemas/${type}`)).json()).toMatchObject({
      definitions: { Flow: expect.any(Object) },
    });
  });

  test('has a picture for each type', async () => {
    const ada = await new TestApp().person();
    const icons = await (
      await ada.fetch(`${PLUGINS}/icons`)
    ).json<Record<string, { icon: string; flowable: boolean }>>();
    expect(icons['core.flow.Sequential']?.flowable).toBe(true);
    expect(atob(icons['core.log.Log']?.icon ?? '')).toMatch(/^<svg/);
  });

  test.each(['core.log.Nothing', 'schemas/nothing', 'schemas/constructor'])('does not know %s', async (path) => {
    const ada = await new TestApp().person();
    expect((await ada.fetch(`${PLUGINS}/${path}`)).status).toBe(404);
  });

  test('is for people with an account, but for the schema that editors fetch', async () => {
    const app = new TestApp();
    for (const path of ['', '/core.log.Log', '/icons', '/schemas/flow'])
      expect((await app.fetch(PLUGINS + path)).status).toBe(401);
    const published = await app.fetch('/api/v1/schemas/flow.json');
    expect(published.status).toBe(200);
    expect(await published.json()).toMatchObject({ $schema: expect.stringContaining('json-schema.org') });
  });
});
