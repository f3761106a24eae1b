import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { z } from 'zod';
import { ROOT } from '../cli/dev/settings.ts';
import { compileFlow } from '../worker/src/flow/compile.ts';
import { shellOf } from './shell.ts';

const Sample = z.object({
  inputs: z.record(z.string(), z.string()),
  state: z.string(),
  outputs: z.record(z.string(), z.unknown()),
});

const FOLDER = join(ROOT, 'blueprints');
const samples = readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, 'sample.json')));
const rondo = shellOf(inject('rondo'));

test.each(samples)('the blueprint %s gives with its sample inputs what its sample says', async (name) => {
  const folder = join(FOLDER, name);
  const { inputs, state, outputs } = Sample.parse(JSON.parse(readFileSync(join(folder, 'sample.json'), 'utf8')));
  const { namespace, id } = compileFlow(readFileSync(join(folder, 'flow.yaml'), 'utf8'));
  expect(await rondo(['apply', folder])).toMatchObject({ exitCode: 0 });
  const options = Object.entries(inputs).flatMap(([input, value]) => ['--input', `${input}=${value}`]);
  const { out } = await rondo(['run', `${namespace}/${id}`, '--wait', '--json', '--timeout', '60', ...options]);
  expect(JSON.parse(out)).toMatchObject({ state: { current: state }, outputs });
});
