import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FlowDraft, StaleFlowError, type SavedFlow } from './flow-draft.svelte.ts';

const SOURCE = 'id: hello\nnamespace: demo\n# kept\n';
const stored: SavedFlow = { namespace: 'demo', id: 'hello', revision: 3, source: SOURCE };

/** The API's one flow, as it answers over HTTP. */
class Api {
  revision = 3;
  source = SOURCE;
  sent: { method: string; body?: string }[] = [];
  refuse: object | undefined;

  fetch = async (_url: string, { method = 'GET', body }: RequestInit = {}): Promise<Response> => {
    this.sent.push({ method, body: typeof body === 'string' ? body : undefined });
    if (this.refuse && method !== 'GET') return Response.json(this.refuse, { status: 422 });
    if (method !== 'GET') {
      this.revision++;
      this.source = String(body);
    }
    return Response.json({ id: 'hello', namespace: 'demo', revision: this.revision, source: this.source });
  };
}

let api: Api;
beforeEach(() => {
  api = new Api();
  vi.stubGlobal('fetch', api.fetch);
});
afterEach(() => vi.unstubAllGlobals());

test('an untouched template is nothing to lose, and is still not saved', () => {
  const draft = new FlowDraft('acme', SOURCE);
  expect(draft.isDirty).toBe(false);
  expect(draft.isSaved).toBe(false);
  draft.edit('id: other\n');
  expect(draft.isDirty).toBe(true);
});

test('a new flow is created, a stored one is updated, each with the exact text', async () => {
  const draft = new FlowDraft('acme', 'id: hello\r\nnamespace: demo\r\n');
  await draft.save();
  expect(api.sent).toEqual([{ method: 'POST', body: 'id: hello\r\nnamespace: demo\r\n' }]);
  draft.edit(`${draft.source}# more`);
  await draft.save();
  expect(api.sent.at(-1)).toEqual({ method: 'PUT', body: 'id: hello\r\nnamespace: demo\r\n# more' });
  expect(draft.isSaved).toBe(true);
});

test('saving what is saved sends nothing', async () => {
  await new FlowDraft('acme', stored).save();
  expect(api.sent).toEqual([]);
});

test('a revision that somebody else saved is not overwritten unasked', async () => {
  const draft = new FlowDraft('acme', stored);
  draft.edit('id: hello\nnamespace: demo\n# mine\n');
  api.revision = 4;
  await expect(draft.save()).rejects.toThrow(StaleFlowError);
  expect(api.sent.some(({ method }) => method === 'PUT')).toBe(false);
  await draft.save({ force: true });
  expect(api.source).toContain('# mine');
});

test("the API's faults are kept until the text changes", async () => {
  const draft = new FlowDraft('acme', stored);
  draft.edit('id: hello\n');
  api.refuse = { title: 'Invalid Flow', detail: 'no namespace', errors: [{ detail: 'no namespace', line: 1 }] };
  await expect(draft.save()).rejects.toThrow('no namespace');
  expect(draft.refusal?.problem.errors).toMatchObject([{ line: 1 }]);
  expect(draft.isDirty).toBe(true);
  draft.edit('id: hello\nnamespace: demo\n');
  expect(draft.refusal).toBeUndefined();
});

test('what is typed while it is being saved stays unsaved', async () => {
  const draft = new FlowDraft('acme', stored);
  draft.edit('first');
  const saving = draft.save();
  draft.edit('second');
  await saving;
  expect(draft.isSaved).toBe(false);
  expect(draft.isDirty).toBe(true);
});
