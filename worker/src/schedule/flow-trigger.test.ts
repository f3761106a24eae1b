import { describe, expect, test } from 'vitest';
import type { Trigger } from '../flow/flow.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { State } from '../protocol/states.ts';
import { fail, ok } from '../result.ts';
import { NEW_FLOW_TRIGGER, executionSeen, readFlowTrigger, wasMissed, windowEnd } from './flow-trigger.ts';

const DAY = '2026-03-02';

interface Seen {
  flowId: string;
  namespace?: string;
  state?: State;
  at?: string;
  outputs?: JsonObject;
  labels?: { key: string; value: string }[];
}

function triggerOf(properties: JsonObject, more: Partial<Trigger> = {}): Trigger {
  return {
    id: 't',
    type: 'core.trigger.Flow',
    disabled: false,
    conditions: [],
    labels: [],
    stopAfter: [],
    allowConcurrent: false,
    properties,
    ...more,
  };
}

/** Shows the executions to the trigger, one after the other, and answers which of them fired it. */
async function fired(trigger: Trigger, executions: Seen[]) {
  const rule = readFlowTrigger(trigger, 'company.team');
  let state = NEW_FLOW_TRIGGER;
  const fires: boolean[] = [];
  let outputs: JsonObject | undefined;
  for (const {
    flowId,
    namespace = 'company.team',
    state: reached = 'SUCCESS',
    at = '10:00',
    labels = [],
    outputs: given,
  } of executions) {
    const execution = {
      id: 'A',
      namespace,
      flowId,
      flowRevision: 1,
      state: reached,
      labels,
      outputs: given,
      attemptStates: () => [],
    };
    const context = {
      flow: { namespace: 'company.team', id: 'listener' },
      zone: 'UTC',
      execution,
      render: (text: string) => (text === '{{ broken }}' ? fail('Unable to find `broken`') : ok(text)),
    };
    const now = Date.parse(at.includes('T') ? `${at}Z` : `${DAY}T${at}Z`);
    const answer = await executionSeen(rule, state, context, now);
    state = answer.state;
    fires.push(answer.fires);
    outputs = answer.outputs ?? outputs;
  }
  return { fires, outputs };
}

const A = { namespace: 'company.team', flowId: 'a' };
const B = { namespace: 'company.team', flowId: 'b' };

describe('without conditions', () => {
  test('it fires for every state in which an execution rests, and for no other', async () => {
    const states: State[] = ['CREATED', 'RUNNING', 'PAUSED', 'SUCCESS', 'FAILED', 'KILLED'];
    const { fires } = await fired(
      triggerOf({}),
      states.map((state) => ({ flowId: 'a', state })),
    );
    expect(fires).toEqual([false, false, true, true, true, true]);
  });

  test('it fires for the states it names alone', async () => {
    const { fires } = await fired(triggerOf({ states: ['FAILED'] }), [
      { flowId: 'a' },
      { flowId: 'a', state: 'FAILED' },
    ]);
    expect(fires).toEqual([false, true]);
  });
});

describe('conditions', () => {
  test('that cannot be evaluated count as not met', async () => {
    expect((await fired(triggerOf({}, { when: '{{ broken }}' }), [{ flowId: 'a' }])).fires).toEqual([false]);
  });

  test('of the former MultipleCondition may each be met by another execution', async () => {
    const multiple = {
      type: 'core.condition.MultipleCondition',
      properties: {
        id: 'both',
        window: 'P1D',
        conditions: {
          success: { type: 'core.condition.ExecutionStatus', in: ['SUCCESS'] },
          a: { type: 'core.condition.ExecutionFlow', ...A },
          b: { type: 'core.condition.ExecutionFlow', ...B },
        },
      },
    };
    const { fires } = await fired(triggerOf({}, { conditions: [multiple] }), [
      { flowId: 'a' },
      { flowId: 'c' },
      { flowId: 'b' },
    ]);
    expect(fires).toEqual([false, false, true]);
  });
});

describe('preconditions', () => {
  const both = {
    id: 'both',
    flows: [
      { ...A, states: ['SUCCESS'] },
      { ...B, states: ['SUCCESS'] },
    ],
  };

  test('fire when the set is complete, and then begin anew', async () => {
    const { fires } = await fired(triggerOf({ preconditions: both }), [
      { flowId: 'a' },
      { flowId: 'b', state: 'FAILED' },
      { flowId: 'b' },
      { flowId: 'b' },
      { flowId: 'a' },
    ]);
    expect(fires).toEqual([false, false, true, false, true]);
  });

  test('that are kept fire for each further execution that is part of the set, and for no other', async () => {
    const kept = { ...both, resetOnSuccess: false };
    const { fires } = await fired(triggerOf({ preconditions: kept }), [
      { flowId: 'a' },
      { flowId: 'b' },
      { flowId: 'c' },
      { flowId: 'a' },
    ]);
    expect(fires).toEqual([false, true, false, true]);
  });

  test('forget what came in an earlier window', async () => {
    const { fires } = await fired(triggerOf({ preconditions: both }), [
      { flowId: 'a', at: '2026-03-02T23:59' },
      { flowId: 'b', at: '2026-03-03T00:01' },
      { flowId: 'a', at: '2026-03-03T00:02' },
    ]);
    expect(fires).toEqual([false, false, true]);
  });

  test('do not count what comes after the deadline', async () => {
    const timeWindow = { type: 'DAILY_TIME_DEADLINE', deadline: '09:00:00' };
    const trigger = triggerOf({ preconditions: { ...both, timeWindow } });
    expect(
      (
        await fired(trigger, [
          { flowId: 'a', at: '08:00' },
          { flowId: 'b', at: '09:01' },
        ])
      ).fires,
    ).toEqual([false, false]);
    expect(
      (
        await fired(trigger, [
          { flowId: 'a', at: '08:00' },
          { flowId: 'b', at: '09:00' },
        ])
      ).fires,
    ).toEqual([false, true]);
  });

  test('in a sliding window count from the first execution on', async () => {
    const timeWindow = { type: 'SLIDING_WINDOW', window: 'PT1H' };
    const trigger = triggerOf({ preconditions: { ...both, timeWindow } });
    expect(
      (
        await fired(trigger, [
          { flowId: 'a', at: '10:30' },
          { flowId: 'b', at: '11:30' },
        ])
      ).fires,
    ).toEqual([false, true]);
    expect(
      (
        await fired(trigger, [
          { flowId: 'a', at: '10:30' },
          { flowId: 'b', at: '11:31' },
          { flowId: 'a', at: '11:40' },
        ])
      ).fires,
    ).toEqual([false, false, true]);
  });

  test.each([
    [{ field: 'FLOW_ID', type: 'EQUAL_TO', value: 'a' }, true],
    [{ field: 'FLOW_ID', type: 'NOT_EQUAL_TO', value: 'a' }, false],
    [{ field: 'NAMESPACE', type: 'STARTS_WITH', value: 'company' }, true],
    [{ field: 'NAMESPACE', type: 'ENDS_WITH', value: 'company' }, false],
    [{ field: 'NAMESPACE', type: 'CONTAINS', value: 'y.t' }, true],
    [{ field: 'STATE', type: 'IN', values: ['SUCCESS', 'WARNING'] }, true],
    [{ field: 'STATE', type: 'NOT_IN', values: ['SUCCESS', 'WARNING'] }, false],
    [{ field: 'FLOW_ID', type: 'REGEX', value: '[ab]' }, true],
    [{ field: 'FLOW_ID', type: 'REGEX', value: '(' }, false],
    [{ field: 'EXPRESSION', type: 'IS_TRUE', value: 'true' }, true],
    [{ field: 'EXPRESSION', type: 'IS_FALSE', value: 'true' }, false],
    [{ field: 'EXPRESSION', type: 'IS_NULL', value: '{{ broken }}' }, true],
    [{ field: 'EXPRESSION', type: 'IS_NOT_NULL', value: '{{ broken }}' }, false],
  ])('with the filter %j are met: %s', async (filter, isMet) => {
    const preconditions = { id: 'where', where: [{ id: 'one', filters: [filter] }] };
    expect((await fired(triggerOf({ preconditions }), [{ flowId: 'a' }])).fires).toEqual([isMet]);
  });
});

describe('dependsOn', () => {
  test('waits for all flows, in its own namespace unless they name one, and hands over their outputs', async () => {
    const { fires, outputs } = await fired(
      triggerOf({ dependsOn: [{ flowId: 'a' }, { flowId: 'b', namespace: 'company.data' }] }),
      [
        { flowId: 'a', outputs: { x: 1 } },
        { flowId: 'b' },
        { flowId: 'b', namespace: 'company.data', outputs: { y: 2 } },
      ],
    );
    expect(fires).toEqual([false, false, true]);
    expect(outputs).toEqual({ a: { x: 1 }, b: { y: 2 } });
  });

  test('takes successes and warnings, and other states only when it names them', async () => {
    const failed = [{ flowId: 'a', state: 'FAILED' as const }];
    expect((await fired(triggerOf({ dependsOn: [{ flowId: 'a' }] }), failed)).fires).toEqual([false]);
    expect((await fired(triggerOf({ dependsOn: [{ flowId: 'a', states: ['FAILED'] }] }), failed)).fires).toEqual([
      true,
    ]);
  });

  test.each([
    [{ mode: 'ANY' }, [true, true, true]],
    [{ mode: 'AT_LEAST', minSatisfied: 2 }, [false, true, false]],
    [{ mode: 'ANY', window: { every: 'P1D', fireOnce: true } }, [true, false, false]],
    [{ window: { lookback: 'PT1H' } }, [false, false, true]],
  ])('with %j fires %j', async (more, wanted) => {
    const trigger = triggerOf({ dependsOn: [{ flowId: 'a' }, { flowId: 'b' }, { flowId: 'c' }], ...more });
    const { fires } = await fired(trigger, [
      { flowId: 'a', at: '10:00' },
      { flowId: 'b', at: '10:30' },
      { flowId: 'c', at: '10:59' },
    ]);
    expect(fires).toEqual(wanted);
  });

  test('has missed a window unless it fired in it', async () => {
    const rule = readFlowTrigger(triggerOf({ dependsOn: [{ flowId: 'a' }], window: { deadline: '09:00' } }), 'n');
    const closed = Date.parse(`${DAY}T09:00Z`);
    const fired = { ...NEW_FLOW_TRIGGER, set: { met: {}, firedIn: Date.parse(`${DAY}T00:00Z`) } };
    expect(wasMissed(rule, NEW_FLOW_TRIGGER, closed, 'UTC')).toBe(true);
    expect(wasMissed(rule, fired, closed, 'UTC')).toBe(false);
    expect(wasMissed(rule, fired, closed + 86_400_000, 'UTC')).toBe(true);
  });

  test('knows when the window closes that must not be missed', () => {
    const properties = { dependsOn: [{ flowId: 'a' }], window: { deadline: '09:00' } };
    const end = (more: JsonObject, at = '08:00') =>
      windowEnd(readFlowTrigger(triggerOf({ ...properties, ...more }), 'n'), Date.parse(`${DAY}T${at}Z`), 'UTC');
    expect(end({ onMiss: { behavior: 'FAIL' } })).toBe(Date.parse(`${DAY}T09:00Z`));
    expect(end({ onMiss: { behavior: 'FAIL' } }, '09:01')).toBe(Date.parse(`${DAY}T09:00Z`) + 86_400_000);
    expect(end({ onMiss: { behavior: 'NONE' } })).toBeUndefined();
    expect(end({})).toBeUndefined();
    expect(end({ onMiss: {}, window: { lookback: 'PT1H' } })).toBeUndefined();
  });
});
