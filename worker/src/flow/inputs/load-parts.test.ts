import { expect, test } from 'vitest';
import { readInputs } from '../flow-reader.ts';
import { typedOutputs } from '../outputs.ts';
import { parseYaml } from '../yaml.ts';
import { resolveInputs } from './resolve.ts';

function resolve(yaml: string, given: string) {
  const { inputs } = readInputs(parseYaml(yaml).value);
  return resolveInputs(inputs, { x: given }, () => ({ ok: false, error: { message: 'nothing is rendered here' } }));
}

test('values are checked at once when nothing has to be loaded for it', () => {
  expect(resolve('- { id: x, type: INT }', '42')).toMatchObject({ values: { x: 42 } });
});

test.each([
  ['- { id: x, type: STRING, validator: "[a-z]+" }', 'UPPER', 'it must match the pattern'],
  ['- { id: x, type: ARRAY, itemType: DATE }', '["2026-02-30"]', 'it must be a date'],
])('%s waits for what checks it, and is checked', async (yaml, given, message) => {
  const answer = resolve(yaml, given);
  expect(answer).toBeInstanceOf(Promise);
  expect((await answer).errors.x).toContain(message);
  expect(resolve(yaml, given)).not.toBeInstanceOf(Promise);
});

test('an output of a date waits only while the calendar is not there', () => {
  const output = { id: 'd', type: 'DATE', value: '', required: true } as const;
  expect(typedOutputs([output], { d: '2026-01-31' })).toEqual({ ok: true, value: { d: '2026-01-31' } });
});
