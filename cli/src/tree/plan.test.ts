import { describe, expect, test } from 'vitest';
import { digestOf, keyOf, type Kind, type PresentItem, type WantedItem } from './item.ts';
import type { Managed } from './managed.ts';
import { isInPlace, movedChanges, planTree, type NamespaceState, type PlanOptions } from './plan.ts';

const NAMESPACE = 'acme.data';

function wanted(kind: Kind, name: string, text = '', variable?: string): WantedItem {
  return { kind, namespace: NAMESPACE, name, place: `${name}.yaml`, content: { text }, ...(variable && { variable }) };
}

function present(kind: Kind, name: string, text = '', revision = 1): PresentItem {
  return { kind, namespace: NAMESPACE, name, content: { text }, base: `revision ${revision}` };
}

/** As if these contents had been applied. */
function applied(...items: { kind: Kind; name: string; content: { text: string } | { base64: string } }[]): Managed {
  return Object.fromEntries(items.map((item) => [keyOf(item), digestOf(item.content)]));
}

function holding(items: PresentItem[], managed: Managed = {}): NamespaceState[] {
  return [{ namespace: NAMESPACE, items, managed }];
}

function plan(
  items: WantedItem[],
  states: NamespaceState[],
  { isWhole = true, ...options }: Partial<PlanOptions> & { isWhole?: boolean } = {},
) {
  const whole = new Set(isWhole ? [NAMESPACE] : []);
  return planTree({ items, whole }, states, { prune: 'nothing', writesSecrets: false, ...options });
}

function actions(...args: Parameters<typeof plan>): string[] {
  return plan(...args).changes.map(({ action, kind, name }) => `${action} ${kind} ${name}`);
}

const hello = wanted('flow', 'hello', 'id: hello\n');

describe('a plan', () => {
  test('creates what the server lacks, updates what differs, and leaves alone what is equal byte for byte', () => {
    const files = [hello, wanted('flow', 'bye', '# later\nid: bye\n'), wanted('kv', 'limit', '5\n')];
    const server = holding([present('flow', 'bye', 'id: bye\n'), present('kv', 'limit', '5\n')]);
    expect(actions(files, server)).toEqual(['update flow bye', 'create flow hello']);
    expect(plan(files, server).unchanged).toBe(1);
  });

  test('begins with what flows need: the namespace, its secrets, keys and files', () => {
    const files = [
      hello,
      wanted('file', 'a.sql'),
      wanted('kv', 'k'),
      wanted('secret', 'S', '', 'S'),
      wanted('namespace', NAMESPACE),
    ];
    expect(actions(files, holding([])).map((line) => line.split(' ')[1])).toEqual([
      'namespace',
      'secret',
      'kv',
      'file',
      'flow',
    ]);
  });

  test('after it was applied is empty, and marks nothing anew', () => {
    const again = plan([hello], holding([present('flow', 'hello', 'id: hello\n', 2)], applied(hello)));
    expect(again).toMatchObject({ changes: [], managed: {}, unchanged: 1 });
  });

  test('takes over what is there already, without touching it', () => {
    expect(plan([hello], holding([present('flow', 'hello', 'id: hello\n')]))).toMatchObject({
      changes: [],
      managed: { [NAMESPACE]: applied(hello) },
    });
  });
});

describe('what has no file', () => {
  const old = present('flow', 'old', 'id: old\n');
  const adhoc = present('flow', 'adhoc', 'id: adhoc\n');
  const cursor = present('kv', 'cursor', '7\n');

  test('is kept, and named when it came from files', () => {
    const kept = plan([hello], holding([old, adhoc], applied(old)));
    expect(kept.changes.map(({ action }) => action)).toEqual(['create']);
    expect(kept.leftovers).toEqual([{ kind: 'flow', namespace: NAMESPACE, name: 'old' }]);
    expect(kept.managed[NAMESPACE]).toEqual({ ...applied(old), ...applied(hello) });
  });

  test('is deleted by --prune only when it came from files', () => {
    const pruned = plan([hello], holding([old, adhoc, cursor], applied(old)), { prune: 'managed' });
    expect(pruned.changes.map(({ action, name }) => `${action} ${name}`)).toEqual(['create hello', 'delete old']);
    expect(pruned.managed[NAMESPACE]).toEqual(applied(hello));
  });

  test('is deleted by --prune-all, but for keys and secrets that nobody applied', () => {
    const secret = present('secret', 'TOKEN');
    expect(actions([hello], holding([old, adhoc, cursor, secret], applied(old)), { prune: 'all' })).toEqual([
      'delete flow adhoc',
      'create flow hello',
      'delete flow old',
    ]);
  });

  test('is not looked at beyond flows when the files do not describe the namespace', () => {
    const file = present('file', 'a.sql', 'select 1');
    const managed = applied(old, file);
    const pruned = plan([hello], holding([old], managed), { prune: 'all', isWhole: false });
    expect(pruned.changes.map(({ action, name }) => `${action} ${name}`)).toEqual(['create hello', 'delete old']);
    expect(pruned.managed[NAMESPACE]).toEqual(applied(file, hello));
  });
});

describe('what somebody changed on the server after it was applied', () => {
  const server = holding([present('flow', 'hello', 'id: hello # mine\n', 5)], applied(hello));

  test('is marked as drift when it would be overwritten or deleted', () => {
    expect(plan([hello], server).changes).toMatchObject([{ action: 'update', isDrift: true, base: 'revision 5' }]);
    expect(plan([], server, { prune: 'managed' }).changes).toMatchObject([{ action: 'delete', isDrift: true }]);
  });

  test('is none when only the file has changed since', () => {
    const newer = wanted('flow', 'hello', 'id: hello\n# newer\n');
    const same = holding([present('flow', 'hello', 'id: hello\n')], applied(hello));
    expect(plan([newer], same).changes).toMatchObject([{ action: 'update', isDrift: false }]);
  });
});

describe('a secret', () => {
  test('is made once from its variable, and its value left alone from then on', () => {
    const token = wanted('secret', 'TOKEN', '', 'ACME_TOKEN');
    expect(plan([token], holding([])).changes).toMatchObject([{ action: 'create', variable: 'ACME_TOKEN' }]);
    expect(actions([token], holding([present('secret', 'TOKEN')]))).toEqual([]);
    expect(plan([token], holding([present('secret', 'TOKEN')]), { writesSecrets: true }).changes).toMatchObject([
      { action: 'update', variable: 'ACME_TOKEN' },
    ]);
  });

  test('keeps its value when only its description changes', () => {
    const token = wanted('secret', 'TOKEN', 'description: for the API\n', 'ACME_TOKEN');
    const [change] = plan([token], holding([present('secret', 'TOKEN')])).changes;
    expect(change).toMatchObject({ action: 'update' });
    expect(change).not.toHaveProperty('variable');
  });

  test('that is only named must be there', () => {
    const token = wanted('secret', 'TOKEN');
    expect(plan([token], holding([])).missingSecrets).toMatchObject([{ name: 'TOKEN', place: 'TOKEN.yaml' }]);
    expect(plan([token], holding([present('secret', 'TOKEN')])).missingSecrets).toEqual([]);
  });
});

describe('a plan made earlier', () => {
  const made = plan(
    [hello, wanted('kv', 'limit', '6\n')],
    holding([present('kv', 'limit', '5\n'), present('flow', 'old')], applied(present('flow', 'old'))),
    { prune: 'managed' },
  ).changes;
  const then = [present('kv', 'limit', '5\n'), present('flow', 'old')];

  test('still fits while nobody has touched what it changes', () => {
    expect(movedChanges(made, holding([...then, present('flow', 'other')]))).toEqual([]);
  });

  test.each([
    ['was changed', [present('kv', 'limit', '5\n', 2), present('flow', 'old')], 'limit'],
    ['was deleted', [present('kv', 'limit', '5\n')], 'old'],
    ['was made meanwhile', [...then, present('flow', 'hello')], 'hello'],
  ])('no longer fits when something of it %s', (_case, now, name) => {
    expect(movedChanges(made, holding(now)).map((change) => change.name)).toEqual([name]);
  });

  test('is known to be done when the server holds what it leads to', () => {
    expect(isInPlace(made, holding([present('flow', 'hello', 'id: hello\n'), present('kv', 'limit', '6\n', 2)]))).toBe(
      true,
    );
    expect(isInPlace(made, holding(then))).toBe(false);
  });
});
