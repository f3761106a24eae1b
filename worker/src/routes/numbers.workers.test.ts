/** Numbers that a double cannot hold go all the way: source, inputs, expressions, outputs, stores and answers. */
import { beforeEach, expect, test, vi } from 'vitest';
import { TestApp, yamlInit } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

const WHOLE = '9007199254740993';
const HUGE = '123456789012345678901234567890';
const DECIMAL = '0.10000000000000000555111512312578270';

const FLOW = `
id: numbers
namespace: company.team
inputs:
  - { id: whole, type: INT }
  - { id: decimal, type: FLOAT }
  - { id: json, type: JSON }
variables:
  huge: ${HUGE}
  decimal: ${DECIMAL}
tasks:
  - { id: returned, type: core.debug.Return, format: "{{ inputs.whole }} {{ vars.huge }} {{ vars.decimal }}" }
  - id: values
    type: core.output.OutputValues
    values:
      whole: "{{ inputs.whole }}"
      written: ${HUGE}
      json: "{{ inputs.json }}"
      sum: "{{ inputs.whole + 1 }}"
  - { id: stored, type: core.kv.Set, key: huge, kvType: NUMBER, value: "{{ vars.huge }}" }
  - { id: read, type: core.debug.Return, format: "{{ kv('huge') }}" }
outputs:
  - { id: whole, type: INT, value: "{{ inputs.whole }}" }
  - { id: decimal, type: FLOAT, value: "{{ inputs.decimal }}" }
  - { id: json, type: JSON, value: "{{ outputs.values.values.json }}" }
`;

let app: TestApp;
let ada: TestPerson;

beforeEach(async () => {
  app = new TestApp();
  app.now = Date.now();
  ada = await app.person();
  await app.tenant('acme', { owner: ada });
});

const at = (path: string) => `/api/v1/acme${path}`;

test('a number is answered as it was written', async () => {
  const created = await ada.fetch(at('/flows'), yamlInit('POST', FLOW));
  expect(created.status).toBe(200);
  expect(await created.text()).toContain(`"huge":${HUGE}`);

  const body = new FormData();
  body.set('whole', WHOLE);
  body.set('decimal', DECIMAL);
  body.set('json', `{"list":[${HUGE},${DECIMAL}]}`);
  const started = await ada.fetch(at('/executions/company.team/numbers?wait=true'), { method: 'POST', body });
  const { id } = (await started.json()) as { id: string };
  const text = await vi.waitFor(async () => {
    const answer = await (await ada.fetch(at(`/executions/${id}`))).text();
    expect(answer).toContain('"current":"SUCCESS"');
    return answer;
  });

  expect(text).toContain(`"inputs":{"whole":${WHOLE},"decimal":${DECIMAL},"json":{"list":[${HUGE},${DECIMAL}]}}`);
  expect(text).toContain(`"value":"${WHOLE} ${HUGE} ${DECIMAL}"`);
  expect(text).toContain(`"written":${HUGE}`);
  expect(text).toContain(`"sum":"9007199254740994"`);
  expect(text).toContain(`"value":"${HUGE}"`);
  expect(text).toContain(`"outputs":{"whole":${WHOLE},"decimal":${DECIMAL},"json":{"list":[${HUGE},${DECIMAL}]}}`);
});
