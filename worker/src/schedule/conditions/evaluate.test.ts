import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../protocol/json.ts';
import { fail, ok } from '../../result.ts';
import type { ConditionContext } from './condition.ts';
import { evaluateConditions } from './evaluate.ts';

const SUNDAY = '2013-09-08T16:19:12+02:00';

const context: ConditionContext = {
  flow: { namespace: 'company.team', id: 'listener' },
  zone: 'UTC',
  execution: {
    id: 'A',
    namespace: 'company.data',
    flowId: 'extract',
    flowRevision: 1,
    state: 'SUCCESS',
    labels: [{ key: 'team', value: 'data' }],
    attemptStates: () => ['FAILED', 'SUCCESS'],
  },
  // Stands for the expression language: one text that fails, everything else is itself.
  render: (template) => (template === '{{ broken }}' ? fail('Unable to find `broken`') : ok(template)),
  isPublicHoliday: (date, country) => date.endsWith('-07-14') && country === 'FR',
};

async function answer(type: string, properties: JsonObject, more: Partial<ConditionContext> = {}) {
  const verdict = await evaluateConditions([{ type: `core.condition.${type}`, properties }], undefined, {
    ...context,
    ...more,
  });
  return verdict.ok ? verdict.value.holds : verdict.error;
}

const CASES: [type: string, holds: JsonObject, fails: JsonObject][] = [
  ['DateTimeBetween', { date: SUNDAY, after: '2013-09-08T14:19:11Z' }, { date: SUNDAY, after: '2013-09-08T14:19:12Z' }],
  [
    'DateTimeBetween',
    { date: SUNDAY, before: '2013-09-08T14:19:13Z' },
    { date: SUNDAY, before: '2013-09-08T14:19:12Z' },
  ],
  ['TimeBetween', { date: SUNDAY, after: '16:19:11+02:00' }, { date: SUNDAY, after: '16:19:12+02:00' }],
  [
    'TimeBetween',
    { date: SUNDAY, after: '09:00:00-05:00', before: '10:00:00-05:00' },
    { date: SUNDAY, before: '16:00:00' },
  ],
  [
    'TimeBetween',
    { date: '2026-01-01T23:00:00Z', after: '22:00:00', before: '06:00:00' },
    { date: '2026-01-01T12:00:00Z', after: '22:00:00', before: '06:00:00' },
  ],
  ['DayWeek', { date: '2013-09-08', dayOfWeek: 'SUNDAY' }, { date: '2013-09-08', dayOfWeek: 'MONDAY' }],
  [
    'DayWeekInMonth',
    { date: '2021-04-05', dayOfWeek: 'MONDAY', dayInMonth: 'FIRST' },
    { date: '2021-04-12', dayOfWeek: 'MONDAY', dayInMonth: 'FIRST' },
  ],
  [
    'DayWeekInMonth',
    { date: '2021-04-26', dayOfWeek: 'MONDAY', dayInMonth: 'LAST' },
    { date: '2021-04-19', dayOfWeek: 'MONDAY', dayInMonth: 'LAST' },
  ],
  ['Weekend', { date: SUNDAY }, { date: '2013-09-09' }],
  ['PublicHoliday', { date: '2026-07-14', country: 'FR' }, { date: '2026-07-15', country: 'FR' }],
  ['Expression', { expression: 'anything' }, { expression: ' false ' }],
  ['ExecutionOutputs', { expression: 'true' }, { expression: '' }],
  ['ExecutionFlow', { namespace: 'company.data', flowId: 'extract' }, { namespace: 'company', flowId: 'extract' }],
  ['ExecutionNamespace', { namespace: 'company.data' }, { namespace: 'company' }],
  ['ExecutionNamespace', { namespace: 'comp', comparison: 'PREFIX' }, { namespace: 'comp', comparison: 'SUFFIX' }],
  ['ExecutionNamespace', { namespace: 'data', comparison: 'SUFFIX' }, { namespace: 'data' }],
  ['ExecutionNamespace', { namespace: 'company', prefix: true }, { namespace: 'company', prefix: false }],
  ['ExecutionStatus', { in: ['SUCCESS'] }, { in: ['FAILED'] }],
  ['ExecutionStatus', { notIn: ['FAILED'] }, { notIn: ['SUCCESS'] }],
  ['ExecutionLabels', { labels: { team: 'data' } }, { labels: [{ key: 'team', value: 'web' }] }],
  ['HasRetryAttempt', { in: ['FAILED'] }, { in: ['KILLED'] }],
  [
    'FlowCondition',
    { namespace: 'company.team', flowId: 'listener' },
    { namespace: 'company.team', flowId: 'extract' },
  ],
  ['FlowNamespaceCondition', { namespace: 'company', prefix: true }, { namespace: 'company' }],
  [
    'Not',
    { conditions: [{ type: 'core.condition.Expression', expression: 'false' }] },
    {
      conditions: [
        { type: 'core.condition.Expression', expression: 'false' },
        { type: 'core.condition.Expression', expression: 'yes' },
      ],
    },
  ],
  [
    'Or',
    {
      conditions: [
        { type: 'core.condition.Expression', expression: 'false' },
        { type: 'core.condition.Expression', expression: 'yes' },
      ],
    },
    { conditions: [{ type: 'core.condition.Expression', expression: 'false' }] },
  ],
  [
    'MultipleCondition',
    { conditions: { a: { type: 'core.condition.Expression', expression: 'yes' } } },
    {
      conditions: {
        a: { type: 'core.condition.Expression', expression: 'yes' },
        b: { type: 'core.condition.Expression', expression: '' },
      },
    },
  ],
];

describe('each condition', () => {
  test.each(CASES)('%s holds for %j and does not for %j', async (type, holds, fails) => {
    expect(await answer(type, holds)).toBe(true);
    expect(await answer(type, fails)).toBe(false);
  });

  test.each([
    ['DateTimeBetween', { date: SUNDAY }, 'after'],
    ['TimeBetween', { date: SUNDAY }, 'after'],
    ['DayWeek', { date: 'tomorrow', dayOfWeek: 'MONDAY' }, 'tomorrow'],
    ['DayWeek', { date: SUNDAY, dayOfWeek: 'FUNDAY' }, 'FUNDAY'],
    ['DayWeekInMonth', { date: SUNDAY, dayOfWeek: 'SUNDAY', dayInMonth: 'FIFTH' }, 'FIFTH'],
    ['Expression', { expression: '{{ broken }}' }, 'broken'],
    ['Or', { conditions: [{ type: 'core.condition.Unheard' }] }, 'Unheard'],
  ])('%s with %j is an error that names what is wrong', async (type, properties, part) => {
    expect(await answer(type, properties as JsonObject)).toContain(part);
  });

  test('one about an execution is an error where there is none', async () => {
    expect(await answer('ExecutionStatus', { in: ['SUCCESS'] }, { execution: undefined })).toContain('Flow triggers');
  });
});

describe('a list of conditions', () => {
  const weekend = { type: 'core.condition.Weekend', properties: {} };

  test('is a conjunction, with `when` as one more of them', async () => {
    const saturday = { ...context, date: { at: Date.parse('2026-11-21T12:00Z'), zone: 'UTC' } };
    const holds = async (when?: string) =>
      (await evaluateConditions([weekend], when, saturday)) as { value: { holds: boolean } };
    expect((await holds()).value.holds).toBe(true);
    expect((await holds('true')).value.holds).toBe(true);
    expect((await holds('false')).value.holds).toBe(false);
  });

  test('tells how long its answer stays, so that a search skips the rest of the week', async () => {
    const monday = { ...context, date: { at: Date.parse('2026-11-23T12:00Z'), zone: 'UTC' } };
    const verdict = await evaluateConditions([weekend], undefined, monday);
    expect(verdict).toEqual({
      ok: true,
      value: { holds: false, span: { from: Date.parse('2026-11-23'), until: Date.parse('2026-11-24') } },
    });
  });
});
