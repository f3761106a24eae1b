import { describe, expect, test } from 'vitest';
import { createApp } from '../app.ts';
import { describeApi, operationOf, routesOf } from './document.ts';
import { OPERATIONS } from './operations/index.ts';

const app = createApp();
const document = describeApi(app);
const routes = routesOf(app);
const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, ...operation })),
);

describe('the document', () => {
  test('has every route of the app, and no other', () => {
    expect(operations.map(({ route }) => route).toSorted()).toEqual(
      routes.map(({ method, path }) => `${method} ${path}`).toSorted(),
    );
  });

  test('has words for every route', () => {
    expect(
      routes.filter((route) => operationOf(route) === undefined).map(({ method, path }) => `${method} ${path}`),
    ).toEqual([]);
  });

  test('describes no route that is not there', () => {
    const known = new Set(routes.map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`));
    expect(Object.keys(OPERATIONS).filter((key) => !known.has(key))).toEqual([]);
  });

  test('gives each operation an id of its own', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.filter((id, n) => ids.indexOf(id) !== n)).toEqual([]);
  });

  test('says of each operation who may call it, how it answers and how it fails', () => {
    for (const operation of operations) {
      expect(operation, operation.route).toMatchObject({
        summary: expect.stringMatching(/\S/),
        tags: [expect.stringMatching(/^[A-Z]/)],
        'x-permission': expect.arrayContaining([expect.stringMatching(/\S/)]),
      });
      const statuses = Object.keys(operation.responses ?? {}).map(Number);
      expect(
        statuses.some((status) => status < 400),
        operation.route,
      ).toBe(true);
      expect(
        statuses.some((status) => status >= 400),
        operation.route,
      ).toBe(true);
    }
  });

  test('names every parameter of every path', () => {
    for (const { route, parameters = [] } of operations) {
      const declared = parameters.flatMap((one: { in?: string; name?: string }) =>
        one.in === 'path' ? [one.name] : [],
      );
      const named = Array.from(route.matchAll(/\{(\w+)\}/g), ([, name]) => name);
      expect(declared.toSorted(), route).toEqual(named.toSorted());
    }
  });
});
