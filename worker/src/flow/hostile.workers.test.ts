import { describe, expect, test } from 'vitest';
import { renderText, scopeOf } from '../expression/index.ts';
import { BAD_SOURCES } from '../testing/bad-sources.ts';
import { HOSTILE_TEMPLATES } from '../testing/hostile-templates.ts';
import { compileFlow } from './compile.ts';

const services = {
  now: () => 0,
  timeZone: 'UTC',
  random: () => 0,
  randomBytes: (length: number) => new Uint8Array(length),
};

// Its stack is smaller than Node's, and a test that takes its memory or its time takes those of all tenants.
describe('in the runtime that serves tenants', () => {
  test.each(HOSTILE_TEMPLATES)('%s is an error of its budget', async (_name, template, code, variables) => {
    const answer = await renderText(template, scopeOf(variables ?? {}), services);
    expect(answer).toMatchObject({ ok: false, error: { code } });
  });

  test.each(BAD_SOURCES)('%s is no flow', (_what, source, code) => {
    const { flow, diagnostics } = compileFlow(source);
    expect(flow).toBeUndefined();
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
  });
});
