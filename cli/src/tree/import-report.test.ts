import { expect, test } from 'vitest';
import { readDocuments } from '../flows/flow-files.ts';
import { reportImport, type ImportedFlow } from './import-report.ts';

async function flow(id: string, tasks: string): Promise<ImportedFlow> {
  const [document] = await readDocuments(`${id}.yml`, `id: ${id}\nnamespace: acme\ntasks:\n${tasks}`);
  if (document === undefined) throw new Error('the text holds no document');
  return { ...document, id, namespace: 'acme' };
}

const log = (message: string) => `  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: "${message}"\n`;
const missing = '  - id: t\n    type: io.kestra.plugin.nowhere.Thing\n';

test('flows are told apart by whether they map, differ or miss something', async () => {
  const report = reportImport([
    await flow('plain', log('hi')),
    await flow(
      'old',
      '  - id: say\n    type: io.kestra.core.tasks.log.Log\n    message: hi\n  - id: e\n    type: core.flow.EachSequential\n    value: [1]\n    tasks:\n      - { id: x, type: core.log.Log, message: hi }\n',
    ),
    await flow('broken', missing),
    await flow('broken-too', missing + log('hi')),
  ]);
  expect(report.maps.map(({ id }) => id)).toEqual(['plain']);
  expect(report.differs.map((one) => one.flow.id)).toEqual(['old']);
  expect(report.missing.map((one) => one.flow.id)).toEqual(['broken', 'broken-too']);
  expect(report.missing[0]?.remarks[0]).toMatch(/^line 5: .*Invalid type/);
  expect(report.missingTypes).toEqual([{ type: 'io.kestra.plugin.nowhere.Thing', flows: 2 }]);
});

test('secrets and keys that expressions name are listed, for no export holds them', async () => {
  const report = reportImport([
    await flow('a', log(`{{ secret('TOKEN') }} {{ kv('cursor') }} {{ secret(inputs.x) }}`)),
  ]);
  expect(report.secrets).toEqual(new Map([['acme', new Set(['TOKEN'])]]));
  expect(report.keys).toEqual(new Map([['acme', new Set(['cursor'])]]));
});
