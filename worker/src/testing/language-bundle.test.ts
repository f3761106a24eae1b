import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as Compile from '../flow/compile.ts';
import type * as Expression from '../expression/index.ts';
import { languageBundle, type LanguageBundle } from './language-bundle.ts';

const GZIP_BYTES_MAX = 120_000;

let bundle: LanguageBundle;
let folder: string;

beforeAll(async () => {
  bundle = await languageBundle();
  folder = await mkdtemp(join(tmpdir(), 'language-'));
  // Only what is loaded first: whatever needs more fails.
  for (const { file, code } of bundle.initial) await writeFile(join(folder, file), code);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
});

afterAll(() => rm(folder, { recursive: true }));

describe('the language in a browser', () => {
  test(`is loaded with at most ${GZIP_BYTES_MAX / 1000} KB`, () => {
    const bytes = bundle.initial.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
    expect(bytes).toBeLessThanOrEqual(GZIP_BYTES_MAX);
  });

  test('loads the calendar, patterns and hashes when they are first used', () => {
    const later = bundle.later.flatMap(({ mostOf }) => mostOf);
    expect(later).toEqual(expect.arrayContaining(['temporal-polyfill', 're2js', '@noble/hashes']));
    const first = bundle.initial.flatMap(({ mostOf }) => mostOf);
    expect(first).toEqual(expect.arrayContaining(['yaml']));
    expect(first.filter((owner) => later.includes(owner) && !owner.startsWith('worker/'))).toEqual([]);
  });

  test('compiles flows and renders expressions with what is loaded first', async () => {
    const language = (await import(pathToFileURL(join(folder, 'language.js')).href)) as typeof Compile &
      typeof Expression;
    const { flow, diagnostics } = language.compileFlow(FLOW);
    expect(diagnostics).toEqual([]);
    expect(flow?.tasks).toHaveLength(4);
    const services = { now: () => 0, timeZone: 'UTC', random: () => 0, randomBytes: () => new Uint8Array() };
    const scope = language.scopeOf({ outputs: { a: { value: 'x' } }, items: [1, 2] });
    const template = '{{ outputs.a.value | upper }}{% for i in items %}{{ i * 2 }}{% endfor %}{{ items | toJson }}';
    expect(language.renderText(template, scope, services)).toEqual({ ok: true, value: 'X24[1,2]' });
    const [wrong] = language.compileFlow(FLOW.replace('message:', 'levle: INFO, message:')).diagnostics;
    expect(wrong).toMatchObject({ severity: 'error', path: 'tasks[0].levle', suggestion: 'level' });
  });
});

const FLOW = `
id: hello
namespace: company.team
inputs:
  - { id: name, type: STRING, defaults: World }
  - { id: day, type: DATE, required: false }
labels: { team: a }
tasks:
  - { id: log, type: io.kestra.plugin.core.log.Log, message: "Hello {{ inputs.name }}" }
  - { id: call, type: core.http.Request, uri: "https://example.com" }
  - id: each
    type: core.flow.ForEach
    values: [1, 2]
    tasks:
      - { id: value, type: core.debug.Return, format: "{{ taskrun.value }}" }
  - { id: script, type: scripts.python.Script, script: print(1) }
triggers:
  - { id: daily, type: core.trigger.Schedule, cron: "0 9 * * *", timezone: Europe/Paris }
outputs:
  - { id: last, type: STRING, value: "{{ outputs.each }}" }
`;
