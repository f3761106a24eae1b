import { describe, expect, test } from 'vitest';
import { assert } from '../../result.ts';
import { renderText } from '../render.ts';
import { scopeOf } from '../scope.ts';
import { FUNCTIONS } from './registry.ts';
import { errorOf, servicesWith, textOf } from '../testing.ts';
import type { ExpressionErrorCode } from '../error.ts';
import type { Services } from '../services.ts';
import type { Variables } from '../testing.ts';

type Good = readonly [template: string, text: string | RegExp, variables?: Variables];
type Bad = readonly [template: string, code?: ExpressionErrorCode, variables?: Variables];

const KEY = 'I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK';
const FILE = 'kestra:///my/ns/my-flow/executions/E1/tasks/t/r/out.ion';
const HERE: Variables = { flow: { id: 'my_flow', namespace: 'my.ns' }, execution: { id: 'E1' } };

const WORLD: Partial<Services> = {
  secret: (key, namespace, subkey) =>
    key === 'KEY' ? ['s3cret', namespace, subkey].filter((part) => part !== undefined).join('/') : undefined,
  kv(key, namespace) {
    if (key === 'old') return { state: 'expired' };
    return key === 'k' ? { state: 'found', value: { in: namespace ?? 'here' } } : { state: 'missing' };
  },
  read: (path, namespace) => {
    if (path === 'gone.txt') throw new Error('no such file');
    return `content of ${path}${namespace === undefined ? '' : ` in ${namespace}`}`;
  },
  fileSize: () => 7,
  fileExists: (path) => path === 'a.txt',
  isFileEmpty: () => false,
  errorLogs: () => [{ level: 'ERROR', message: 'boom' }],
  tasksWithState: (state) => [{ taskId: 't', state }],
  http: ({ uri, method, contentType, headers, body }) => ({
    uri,
    method,
    contentType: contentType ?? null,
    headers: headers ?? {},
    body: body ?? null,
  }),
  appLink: (appId, baseUrl) => `${appId ?? 'any'}/${baseUrl}`,
  credential: (key) => `token-${key}`,
  isPublicHoliday: (date, country, part) => `${date} ${country} ${part ?? '-'}` === '2024-01-01 FR -',
};

const LOOP: Variables = {
  outputs: { sibling: { a: { x: { value: 'deep' } } } },
  parents: [{ taskrun: { value: 'a' } }, { outputs: {} }],
  taskrun: { value: 'x' },
};

const CASES: Readonly<Record<string, { gives: readonly Good[]; refuses: readonly Bad[] }>> = {
  appLink: {
    gives: [["{{ appLink('app') }} {{ appLink(baseUrl=true) }}", 'app/false any/true']],
    refuses: [["{{ appLink(baseUrl='yes') }}"]],
  },
  credential: { gives: [["{{ credential('gh') }}", 'token-gh']], refuses: [['{{ credential() }}']] },
  currentEachOutput: {
    gives: [['{{ currentEachOutput(outputs.sibling).value }}', 'deep', LOOP]],
    refuses: [
      ['{{ currentEachOutput(1) }}'],
      ['{{ currentEachOutput(outputs) }}', 'expression_argument', LOOP],
      ['{{ currentEachOutput() }}'],
    ],
  },
  dayOfMonth: { gives: [["{{ dayOfMonth('2024-02-29') }}", '29']], refuses: [["{{ dayOfMonth('x') }}"]] },
  dayOfWeek: { gives: [["{{ dayOfWeek('2025-01-06T00:30:00+02:00') }}", 'MONDAY']], refuses: [['{{ dayOfWeek() }}']] },
  decrypt: {
    gives: [],
    refuses: [[`{{ decrypt('${KEY}') }}`], ["{{ decrypt('short', 'AAAA') }}"], [`{{ decrypt('${KEY}', '*') }}`]],
  },
  encrypt: { gives: [], refuses: [["{{ encrypt('toto') }}"], ["{{ encrypt('c2hvcnQ=', 'a') }}"]] },
  errorLogs: {
    gives: [['{{ errorLogs() }}', '[{"level":"ERROR","message":"boom"}]']],
    refuses: [['{{ errorLogs(1) }}']],
  },
  fetchContext: { gives: [['{{ fetchContext() }}', '{"a":1}', { a: 1 }]], refuses: [['{{ fetchContext(1) }}']] },
  fileExists: {
    gives: [["{{ fileExists('a.txt') }} {{ fileExists('b.txt') }}", 'true false']],
    refuses: [["{{ fileExists('../a') }}", 'expression_service']],
  },
  fileSize: {
    gives: [["{{ fileSize('a.txt') }}", '7']],
    refuses: [[`{{ fileSize('${FILE}') }}`, 'expression_service']],
  },
  fileURI: {
    gives: [
      [
        "{{ fileURI('a/b.txt') }} {{ fileURI('/c', namespace='o.p') }}",
        'kestra:///my/ns/_files/a/b.txt kestra:///o/p/_files/c',
        HERE,
      ],
    ],
    refuses: [["{{ fileURI('a') }}"], ["{{ fileURI('a/../../b') }}", 'expression_service', HERE], ['{{ fileURI() }}']],
  },
  fromIon: {
    gives: [
      [
        `{{ fromIon('{a: 1, \\'b c\\': ["x", 2.5, true], d: 2024-01-02T03:04:05Z, e: note::null, f: 1.5e0}') }}`,
        '{"a":1,"b c":["x",2.5,true],"d":"2024-01-02T03:04:05Z","e":null,"f":1.5}',
      ],
      [
        "{{ fromIon('{id: 1}\n{id: 2} // end') }}{{ fromIon('{id: 1}\n{id: 2}', allRows=true) }}{{ fromIon(null) }}",
        '{"id":1}[{"id":1},{"id":2}]',
      ],
      ['{{ fromIon(ion) }}', '["a\\"b","long",[1,2],"sym"]', { ion: `['a"b', '''long''', (1 2), sym]` }],
    ],
    refuses: [
      ["{{ fromIon('{not: ion') }}"],
      ["{{ fromIon('[1 2]') }}"],
      ["{{ fromIon('{1: 2}') }}"],
      ['{{ fromIon() }}'],
      [`{{ fromIon('${'['.repeat(600)}') }}`, 'expression_depth_exceeded'],
    ],
  },
  fromJson: {
    gives: [
      [
        '{{ fromJson(\'{"a": [1, 12345678901234567890, 0.1234567890123456789]}\').a }}{{ fromJson(null) }}',
        '[1,12345678901234567890,0.1234567890123456789]',
      ],
    ],
    refuses: [["{{ fromJson('{not: json}') }}"], ['{{ fromJson(1) }}'], ['{{ fromJson() }}']],
  },
  hourOfDay: { gives: [["{{ hourOfDay('2024-02-29T23:10:00+05:00') }}", '23']], refuses: [["{{ hourOfDay('x') }}"]] },
  http: {
    gives: [
      [
        "{{ http('https://x.test') | toJson }}",
        '{"uri":"https://x.test","method":"GET","contentType":null,"headers":{},"body":null}',
      ],
      [
        "{{ http(uri='u', method='POST', contentType='text/plain', headers={'A': 1}, body={'b': [1]}, options={}) }}",
        '{"uri":"u","method":"POST","contentType":"text/plain","headers":{"A":"1"},"body":{"b":[1]}}',
      ],
    ],
    refuses: [['{{ http() }}'], ["{{ http('u', headers='x') }}"]],
  },
  id: { gives: [['{{ id() }}', /^[0-9A-Za-z]{22}$/]], refuses: [['{{ id(1) }}']] },
  isDayWeekInMonth: {
    gives: [
      [
        "{{ isDayWeekInMonth('2024-02-05', 'monday', 'FIRST') }}{{ isDayWeekInMonth('2024-02-26', 'MONDAY', 'LAST') }}{{ isDayWeekInMonth('2024-02-26', 'MONDAY', 'THIRD') }}",
        'truetruefalse',
      ],
      ["{{ isDayWeekInMonth('2024-02-05', 'TUESDAY', 'FIRST') }}", 'false'],
    ],
    refuses: [
      ["{{ isDayWeekInMonth('2024-02-05', 'MOONDAY', 'FIRST') }}"],
      ["{{ isDayWeekInMonth('2024-02-05', 'MONDAY', 'NINTH') }}"],
    ],
  },
  isFileEmpty: { gives: [["{{ isFileEmpty('a.txt') }}", 'false']], refuses: [['{{ isFileEmpty() }}']] },
  isLastWorkingDay: {
    gives: [
      [
        "{{ isLastWorkingDay('2024-03-29') }}{{ isLastWorkingDay('2024-03-28') }}{{ isLastWorkingDay('2024-03-31', 'SATURDAY, SUNDAY') }}{{ isLastWorkingDay('2024-03-31') }}",
        'truefalsetruefalse',
      ],
    ],
    refuses: [["{{ isLastWorkingDay('2024-03-29', 'NODAY') }}"]],
  },
  isPublicHoliday: {
    gives: [["{{ isPublicHoliday('2024-01-01', 'FR') }}{{ isPublicHoliday('2024-01-01', 'FR', 'X') }}", 'truefalse']],
    refuses: [["{{ isPublicHoliday('2024-01-01') }}"]],
  },
  isWeekend: {
    gives: [["{{ isWeekend('2024-03-30') }}{{ isWeekend('2024-03-29') }}", 'truefalse']],
    refuses: [['{{ isWeekend(true) }}']],
  },
  json: { gives: [["{{ json('[1]')[0] }}", '1']], refuses: [["{{ json('[') }}"]] },
  ksuid: { gives: [['{{ ksuid() }}', /^[0-9A-Za-z]{27}$/]], refuses: [['{{ ksuid(1) }}']] },
  kv: {
    gives: [
      [
        "{{ kv('k').in }} {{ kv('k', 'other.ns').in }} {{ kv('none', errorOnMissing=false) ?? 'null' }} {{ kv('none').in ?? 'none' }}",
        'here other.ns null none',
      ],
    ],
    refuses: [
      ["{{ kv('none') }}", 'expression_undefined'],
      ["{{ kv('old') }}", 'expression_service'],
      ['{{ kv() }}'],
      ["{{ kv('none', 'a.b') }}", 'expression_undefined'],
    ],
  },
  loopOutputs: {
    gives: [["{{ loopOutputs(l, 'v') }}", '[1,null]', { l: [{ outputs: { v: 1 } }, { item: {} }] }]],
    refuses: [["{{ loopOutputs(1, 'v') }}"], ['{{ loopOutputs([]) }}']],
  },
  max: {
    gives: [['{{ max(8.0, 1, 20) }} {{ max([1, 3], 2) }} {{ max() }}', '20 3 ']],
    refuses: [["{{ max(1, 'a') }}"]],
  },
  min: { gives: [['{{ min(8.0, 1, 20) }}', '1']], refuses: [['{{ min(null) }}']] },
  monthOfYear: { gives: [["{{ monthOfYear('2024-02-29') }}", '2']], refuses: [["{{ monthOfYear('x') }}"]] },
  nanoId: {
    gives: [
      ['{{ nanoId() }}', /^[0-9A-Za-z_-]{21}$/],
      ["{{ nanoId(5, 'ab') }}", /^[ab]{5}$/],
    ],
    refuses: [['{{ nanoId(0) }}'], ["{{ nanoId(5, '') }}"], ['{{ nanoId(1000000) }}']],
  },
  now: {
    gives: [["{{ now() }} {{ now('HH:mm', 'Asia/Kolkata') }}", '2024-02-29T12:30:15.123000Z 18:00']],
    refuses: [["{{ now(timeZone='X/Y') }}"], ["{{ now(locale='!') }}"]],
  },
  printContext: {
    gives: [['{{ printContext() }}', '{"a":1,"b":[2]}', { a: 1, b: [2] }]],
    refuses: [['{{ printContext(1) }}']],
  },
  randomInt: {
    gives: [['{{ randomInt(3, 7) }}', /^[3-6]$/]],
    refuses: [['{{ randomInt(7, 3) }}'], ['{{ randomInt(1) }}'], ['{{ randomInt(1.5, 2) }}']],
  },
  randomPort: { gives: [['{{ randomPort() }}', /^(49152|[5-6]\d{4})$/]], refuses: [['{{ randomPort(1) }}']] },
  range: {
    gives: [
      [
        "{{ range(0, 10, 5) }}{{ range('a', 'c') }}{{ range(5, 1, -2) }}{{ range(3, 1) }}",
        '[0,5,10]["a","b","c"][5,3,1][]',
      ],
    ],
    refuses: [['{{ range(0, 5, 0) }}'], ["{{ range('a', 5) }}"], ['{{ range(1) }}']],
  },
  read: {
    gives: [
      ["{{ read('a.txt') }}, {{ read('b.txt', 'o.p') }}", 'content of a.txt, content of b.txt in o.p'],
      [`{{ read('${FILE}') }}`, `content of ${FILE}`, HERE],
      [
        `{{ read('${FILE}') }}`,
        `content of ${FILE}`,
        {
          flow: { id: 'sub', namespace: 'x' },
          execution: { id: 'E2' },
          trigger: { namespace: 'my.ns', flowId: 'my_flow', executionId: 'E1' },
        },
      ],
      ["{{ read('kestra:///my/ns/_files/x') }}", 'content of kestra:///my/ns/_files/x', HERE],
    ],
    refuses: [
      ["{{ read('gone.txt') }}", 'expression_service'],
      ['{{ read(1) }}'],
      [`{{ read('${FILE}') }}`, 'expression_service', { ...HERE, execution: { id: 'E10' } }],
      [`{{ read('${FILE.replace('E1', 'E1/../E2')}') }}`, 'expression_service', HERE],
    ],
  },
  render: {
    gives: [
      [
        '{{ render(third) }} {{ render(third, recursive=false) }}',
        '1 {{first}}',
        { first: '1', second: '{{first}}', third: '{{second}}' },
      ],
      ['{{ render({"{{k}}": ["{{k}}", 1]}) }}', '{"v":["v",1]}', { k: 'v' }],
      ['{{ render(42) }}{{ render(null) }}{{ render(true) }}', '42true'],
      ['{{ render(t) }}', '{{ a }} 1', { t: '{% raw %}{{ a }}{% endraw %} {{ a }}', a: 1 }],
    ],
    refuses: [
      ['{{ render() }}'],
      ['{{ render(a) }}', 'expression_passes_exceeded', { a: '{{ b }}', b: '{{ a }}' }],
      ['{{ render(a) }}', 'expression_undefined', { a: '{{ gone }}' }],
    ],
  },
  renderOnce: {
    gives: [['{{ renderOnce(second) }}', '{{ x }}', { first: '{{ x }}', second: '{{ first }}' }]],
    refuses: [['{{ renderOnce(a) }}', 'expression_syntax', { a: '{{ ' }]],
  },
  secret: {
    gives: [["{{ secret('KEY') }} {{ secret('KEY', 'a.b', 'c') }}", 's3cret s3cret/a.b/c']],
    refuses: [["{{ secret('NO') }}", 'expression_service'], ['{{ secret() }}']],
  },
  tasksWithState: {
    gives: [["{{ tasksWithState('failed') }}", '[{"taskId":"t","state":"FAILED"}]']],
    refuses: [['{{ tasksWithState() }}']],
  },
  uuid: {
    gives: [['{{ uuid() }}', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/]],
    refuses: [['{{ uuid(1) }}']],
  },
  yaml: {
    gives: [
      [
        "{{ yaml('a: [1, 12345678901234567890, x]\nb: &r {c: 1.5}\nd: *r').a }}{{ yaml('d: 2024-01-01').d }}{{ yaml(null) }}",
        '[1,12345678901234567890,"x"]2024-01-01',
      ],
    ],
    refuses: [
      ["{{ yaml('a: [') }}"],
      ['{{ yaml({}) }}'],
      ['{{ yaml(bomb) }}', 'expression_argument', { bomb: bomb() }],
    ],
  },
};

/** Ten levels of ten aliases each. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x]'];
  for (let level = 1; level <= 10; level++)
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
  return lines.join('\n');
}

test('every function is tested, and only functions that exist', () => {
  expect(Object.keys(CASES).sort()).toEqual([...FUNCTIONS.keys()].sort());
});

describe.each(Object.entries(CASES))('%s', (_name, { gives, refuses }) => {
  test.each(gives.map((one) => [...one] as const))('%s gives %s', (template, text, variables) => {
    const rendered = textOf(template, variables ?? {}, servicesWith(WORLD));
    if (typeof text === 'string') expect(rendered).toBe(text);
    else expect(rendered).toMatch(text);
  });

  test.each(refuses.map((one) => [...one] as const))('%s is refused', (template, code, variables) => {
    expect(errorOf(template, variables ?? {}, servicesWith(WORLD)).code).toBe(code ?? 'expression_argument');
  });
});

test('a service that is not there is an error that names it', () => {
  expect(errorOf("{{ secret('KEY') }}")).toMatchObject({
    code: 'expression_service',
    message: expect.stringContaining('`secret` is not available here'),
  });
  expect(errorOf("{{ read('x') }}").message).toContain('`read`');
});

test('a missing secret is named, as is a file that cannot be read', () => {
  expect(errorOf("{{ secret('NO') }}", {}, servicesWith(WORLD)).message).toContain("Cannot find secret for key 'NO'.");
  expect(errorOf(`{{ read('${FILE}') }}`, {}, servicesWith(WORLD)).message).toContain(
    "as it didn't belong to the current execution",
  );
});

test('what was encrypted is decrypted with the same key only', async () => {
  const services = servicesWith({ randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) });
  const variables = { key: KEY, other: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' };
  const same = await renderText("{{ decrypt(key, encrypt(key, 'plain ü')) }}", scopeOf(variables), services);
  assert(same.ok, 'decrypted');
  expect(same.value).toBe('plain ü');
  const other = await renderText("{{ decrypt(other, encrypt(key, 'plain')) }}", scopeOf(variables), services);
  expect(other.ok).toBe(false);
});

test('an unknown function is an error that names it', () => {
  expect(errorOf('{{ nope(1) }}')).toMatchObject({
    code: 'expression_unknown',
    message: expect.stringContaining('Function or Macro [nope] does not exist'),
  });
});
