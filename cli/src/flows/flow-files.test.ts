import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { testTerminal } from '../testing/test-terminal.ts';
import { readFlows } from '../tree/read-tree.ts';
import { nameFlow } from './flow-files.ts';

const flow = (id: string) =>
  `id: ${id}\nnamespace: acme.demo\ntasks:\n  - id: say\n    type: core.log.Log\n    message: hello\n`;

let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rondo-flows-'));
  mkdirSync(join(cwd, 'deeper'));
  writeFileSync(join(cwd, 'b.yaml'), flow('b'));
  writeFileSync(join(cwd, 'deeper/a.yml'), `${flow('first')}---\n${flow('second')}`);
  writeFileSync(join(cwd, 'notes.txt'), 'not a flow');
});

describe('flows on disk', () => {
  test('are all YAML documents below a directory, in the order of their names', async () => {
    const flows = await readFlows(['.'], testTerminal({ cwd }));
    expect(flows.map(({ file, id }) => `${file} ${id}`)).toEqual([
      'b.yaml b',
      'deeper/a.yml first',
      'deeper/a.yml second',
    ]);
  });

  test('keep their bytes', async () => {
    const [only] = await readFlows(['b.yaml'], testTerminal({ cwd }));
    expect(only?.source).toBe(flow('b'));
  });

  test('may come from standard input', async () => {
    const [only] = await readFlows(['-'], testTerminal({ input: flow('piped') }));
    expect(only).toMatchObject({ file: 'stdin', id: 'piped' });
  });

  test('that do not exist are named', async () => {
    await expect(readFlows(['missing'], testTerminal({ cwd }))).rejects.toThrow('missing does not exist');
    await expect(readFlows([], testTerminal({ cwd }))).rejects.toThrow('no file or directory was named');
  });

  test('can be deployed only with a name, and the message says where it is missing', async () => {
    const [only] = await readFlows(['-'], testTerminal({ input: 'id: a\ntasks: []\n' }));
    expect(() => only && nameFlow(only)).toThrow(/^stdin:1: .*namespace/);
  });
});
