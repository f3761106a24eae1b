import { describe, expect, test } from 'vitest';
import type { Condition, Trigger } from '../flow/flow.ts';
import type { JsonObject } from '../protocol/json.ts';
import { assert, fail, ok } from '../result.ts';
import { readScheduleTrigger } from './schedule-trigger.ts';
import { wakeAt } from './schedule-state.ts';
import type { ScheduleState } from './schedule-state.ts';
import { begin, beginBackfill, disable, enable, endBackfill, pauseBackfill, step, unlock } from './schedule-step.ts';
import type { DatedRule } from './schedule-step.ts';
import { scheduleVariables } from './schedule-variables.ts';

async function ruleOf(properties: JsonObject, more: Partial<Trigger> = {}): Promise<DatedRule> {
  const type = properties.dates === undefined ? 'core.trigger.Schedule' : 'core.trigger.ScheduleOnDates';
  const trigger = {
    id: 't',
    type,
    disabled: false,
    conditions: [],
    labels: [],
    stopAfter: [],
    allowConcurrent: false,
    properties,
    ...more,
  };
  const rule = await readScheduleTrigger(trigger, {
    flow: { namespace: 'company.team', id: 'flow' },
    zone: 'UTC',
    render: (template) => (template === '{{ broken }}' ? fail('Unable to find `broken`') : ok(template)),
  });
  assert(rule.ok, 'the trigger can be read');
  return rule.value;
}

const at = (text: string) => Date.parse(`2026-03-${text}Z`);
const shown = (date: number | undefined) =>
  date === undefined ? undefined : new Date(date).toISOString().slice(8, 16);

/** Steps until nothing is due; each execution ends at once, so the lock is never held. */
async function starts(rule: DatedRule, state: ScheduleState, now: number) {
  const dates: (string | undefined)[] = [];
  for (;;) {
    const { state: after, start } = await step(rule, state, now);
    state = after;
    if (start === undefined) return { dates, state };
    dates.push(shown(start.date));
    if (dates.length > 100) throw new Error('it never ends');
  }
}

describe('an hourly trigger', () => {
  test('that is new waits for the next hour and makes up for nothing', async () => {
    const rule = await ruleOf({ cron: '0 * * * *' });
    const state = await begin(rule, at('02T10:17'));
    expect(shown(wakeAt(state))).toBe('02T11:00');
    expect((await step(rule, state, at('02T10:59'))).start).toBeUndefined();
  });

  test('starts once for its date, and then waits for the one after', async () => {
    const rule = await ruleOf({ cron: '0 * * * *' });
    const { dates, state } = await starts(rule, await begin(rule, at('02T10:17')), at('02T11:00'));
    expect(dates).toEqual(['02T11:00']);
    expect(shown(wakeAt(state))).toBe('02T12:00');
  });

  test.each([
    ['ALL', ['02T11:00', '02T12:00', '02T13:00']],
    ['LAST', ['02T13:00']],
    ['NONE', []],
  ])('after the scheduler was away for three dates, %s starts %j', async (recoverMissedSchedules, wanted) => {
    const rule = await ruleOf({ cron: '0 * * * *', recoverMissedSchedules });
    const { dates, state } = await starts(rule, await begin(rule, at('02T10:17')), at('02T13:17'));
    expect(dates).toEqual(wanted);
    expect(shown(wakeAt(state))).toBe('02T14:00');
  });

  test('with NONE still starts the date of this very moment', async () => {
    const rule = await ruleOf({ cron: '0 * * * *', recoverMissedSchedules: 'NONE' });
    const { dates } = await starts(rule, await begin(rule, at('02T10:17')), at('02T13:00') + 2_000);
    expect(dates).toEqual(['02T13:00']);
  });

  test('skips dates that are later than its maximum delay', async () => {
    const rule = await ruleOf({ cron: '0 * * * *', lateMaximumDelay: 'PT90M' });
    const { dates } = await starts(rule, await begin(rule, at('02T10:17')), at('02T14:15'));
    expect(dates).toEqual(['02T13:00', '02T14:00']);
  });

  test('neither repeats nor loses a date when the clock steps back or forward by an hour', async () => {
    const rule = await ruleOf({ cron: '0 * * * *' });
    const first = await starts(rule, await begin(rule, at('02T10:17')), at('02T11:00'));
    const back = await starts(rule, first.state, at('02T10:00'));
    expect(back.dates).toEqual([]);
    const forward = await starts(rule, back.state, at('02T13:00'));
    expect(forward.dates).toEqual(['02T12:00', '02T13:00']);
  });
});

describe('a lock', () => {
  const locked = async (properties: JsonObject) => {
    const rule = await ruleOf(properties);
    const { state } = await step(rule, await begin(rule, at('02T10:17')), at('02T11:00'));
    return { rule, state: { ...state, lock: 'A' } };
  };

  test('lets nothing start, and needs no waking', async () => {
    const { rule, state } = await locked({ cron: '0 * * * *' });
    expect(wakeAt(state)).toBeUndefined();
    expect((await step(rule, state, at('02T15:00'))).start).toBeUndefined();
  });

  test('leaves out what passed while it was held', async () => {
    const { rule, state } = await locked({ cron: '0 * * * *' });
    const { dates, state: after } = await starts(rule, await unlock(rule, state, at('02T14:17')), at('02T14:17'));
    expect(dates).toEqual([]);
    expect(shown(wakeAt(after))).toBe('02T15:00');
  });

  test('does not swallow the date at which it ends', async () => {
    const { rule, state } = await locked({ cron: '0 * * * *' });
    const { dates } = await starts(rule, await unlock(rule, state, at('02T14:00') + 1_500), at('02T14:00') + 1_500);
    expect(dates).toEqual(['02T14:00']);
  });

  test.each([
    ['ALL', ['02T12:00', '02T13:00', '02T14:00']],
    ['LAST', ['02T14:00']],
    ['NONE', []],
  ])('follows %s when that is written on the trigger', async (recoverMissedSchedules, wanted) => {
    const { rule, state } = await locked({ cron: '0 * * * *', recoverMissedSchedules });
    const { dates } = await starts(rule, await unlock(rule, state, at('02T14:17')), at('02T14:17'));
    expect(dates).toEqual(wanted);
  });

  test('keeps dates that are owed because the scheduler was away', async () => {
    const rule = await ruleOf({ cron: '0 * * * *' });
    const first = await step(rule, await begin(rule, at('02T10:17')), at('02T13:17'));
    expect(shown(first.start?.date)).toBe('02T11:00');
    const second = await step(rule, await unlock(rule, { ...first.state, lock: 'A' }, at('02T15:17')), at('02T15:17'));
    expect(shown(second.start?.date)).toBe('02T12:00');
  });
});

describe('enabling again', () => {
  test('counts from now on', async () => {
    const rule = await ruleOf({ cron: '0 * * * *' });
    const disabled = disable(await begin(rule, at('02T10:17')));
    expect(wakeAt(disabled)).toBeUndefined();
    expect(shown(wakeAt(await enable(rule, disabled, at('02T14:17'))))).toBe('02T15:00');
  });

  test('makes up for the time between when the trigger itself says ALL', async () => {
    const rule = await ruleOf({ cron: '0 * * * *', recoverMissedSchedules: 'ALL' });
    const disabled = disable(await begin(rule, at('02T10:17')));
    const { dates } = await starts(rule, await enable(rule, disabled, at('02T12:17')), at('02T12:17'));
    expect(dates).toEqual(['02T11:00', '02T12:00']);
  });
});

describe('a backfill', () => {
  test('runs every date from its start to its end, both included, and then the trigger goes on', async () => {
    const rule = await ruleOf({ cron: '0 * * * *', lateMaximumDelay: 'PT1M' });
    const state = beginBackfill(await begin(rule, at('02T10:17')), { start: at('01T22:00'), end: at('02T01:00') }, 0);
    const { dates, state: after } = await starts(rule, state, at('02T10:20'));
    expect(dates).toEqual(['01T22:00', '01T23:00', '02T00:00', '02T01:00']);
    expect(after.backfill).toBeUndefined();
    expect(shown(wakeAt(after))).toBe('02T11:00');
  });

  test('takes no part in what a trigger is owed when that is enabled meanwhile', async () => {
    const rule = await ruleOf({ cron: '0 * * * *', recoverMissedSchedules: 'ALL' });
    const { state } = await starts(rule, await begin(rule, at('02T10:17')), at('02T11:00'));
    const running = beginBackfill(state, { start: at('01T03:00'), end: at('01T04:00') }, at('02T11:05'));
    const first = await step(rule, running, at('02T11:05'));
    const enabled = await enable(rule, disable(first.state), at('02T13:30'));
    const { dates } = await starts(rule, enabled, at('02T13:30'));
    expect(dates).toEqual(['01T04:00', '02T12:00', '02T13:00']);
  });

  test('does not bring back the dates of a time in which the trigger was disabled', async () => {
    const rule = await ruleOf({ cron: '0 * * * *' });
    const running = beginBackfill(await begin(rule, at('02T10:17')), { start: at('01T03:00'), end: at('01T03:00') }, 0);
    const enabled = await enable(rule, disable(running), at('02T13:30'));
    const { dates, state } = await starts(rule, enabled, at('02T13:30'));
    expect(dates).toEqual(['01T03:00']);
    expect(shown(wakeAt(state))).toBe('02T14:00');
  });

  test('that is paused starts nothing, not even an ordinary date', async () => {
    const rule = await ruleOf({ cron: '0 * * * *' });
    const running = beginBackfill(await begin(rule, at('02T10:17')), { start: at('01T22:00'), end: at('01T23:00') }, 0);
    const paused = pauseBackfill(running, true);
    expect(wakeAt(paused)).toBeUndefined();
    expect((await starts(rule, paused, at('02T11:00'))).dates).toEqual([]);
    const { dates } = await starts(rule, pauseBackfill(paused, false), at('02T11:00'));
    expect(dates).toEqual(['01T22:00', '01T23:00', '02T11:00']);
  });

  test('ends with its last date, however far away the next one would be', async () => {
    const rule = await ruleOf({ cron: '0 0 29 2 *' });
    const running = beginBackfill(
      await begin(rule, at('02T10:17')),
      { start: at('01T00:00') - 4 * 366 * 86_400_000, end: at('02T00:00') },
      0,
    );
    const first = await step(rule, running, at('02T10:20'));
    expect(first.start?.date).toBe(Date.parse('2024-02-29'));
    const woken = wakeAt(first.state);
    expect(woken).toBeLessThan(at('02T10:20'));
    expect((await step(rule, first.state, at('02T10:20'))).state.backfill).toBeUndefined();
  });

  test('that is deleted gives the trigger back its date', async () => {
    const rule = await ruleOf({ cron: '0 * * * *' });
    const running = beginBackfill(await begin(rule, at('02T10:17')), { start: at('01T22:00'), end: at('01T23:00') }, 0);
    expect(shown(wakeAt(endBackfill(running)))).toBe('02T11:00');
  });

  test('keeps to the conditions', async () => {
    const rule = await ruleOf(
      { cron: '0 0 * * *' },
      { conditions: [{ type: 'core.condition.Weekend', properties: {} }] },
    );
    const state = beginBackfill(await begin(rule, at('20T10:00')), { start: at('01T00:00'), end: at('15T00:00') }, 0);
    expect((await starts(rule, state, at('20T10:00'))).dates).toEqual([
      '01T00:00',
      '07T00:00',
      '08T00:00',
      '14T00:00',
      '15T00:00',
    ]);
  });
});

describe('conditions', () => {
  const weekend: Condition[] = [{ type: 'core.condition.Weekend', properties: {} }];

  test('choose the next date and the dates around it', async () => {
    const rule = await ruleOf({ cron: '0 9 * * *', timezone: 'Europe/Paris' }, { conditions: weekend });
    const { next } = await begin(rule, at('02T10:00'));
    assert(next !== undefined, 'a date is found');
    expect(await scheduleVariables(rule, next)).toEqual({
      date: '2026-03-07T09:00:00+01:00',
      next: '2026-03-08T09:00:00+01:00',
      previous: '2026-03-01T09:00:00+01:00',
    });
  });

  test('that cannot be evaluated make one failed start for their date', async () => {
    const rule = await ruleOf({ cron: '0 * * * *' }, { when: '{{ broken }}' });
    const { state, start } = await step(rule, await begin(rule, at('02T10:17')), at('02T11:00'));
    expect(start).toEqual({ date: at('02T11:00'), error: 'Unable to find `broken`' });
    expect(shown(wakeAt(state))).toBe('02T12:00');
  });

  test('that never hold again end the search at once', async () => {
    const before: Condition = {
      type: 'core.condition.DateTimeBetween',
      properties: { before: '2021-01-01T00:00:00Z' },
    };
    const rule = await ruleOf({ cron: '* * * * * *', withSeconds: true }, { conditions: [before] });
    expect(wakeAt(await begin(rule, at('02T10:17')))).toBeUndefined();
  });

  test('that say nothing about other dates let the trigger sleep as far as was searched, and go on there', async () => {
    const rule = await ruleOf({ cron: '* * * * * *', withSeconds: true }, { when: 'false' });
    const state = await begin(rule, at('02T10:00'));
    expect(state.next).toBeUndefined();
    const woken = wakeAt(state);
    assert(woken !== undefined && woken > at('02T11:00'), 'it sleeps for more than an hour');
    expect((await step(rule, state, woken)).state.searchFrom).toBeGreaterThan(woken);
  });
});

describe('a list of dates', () => {
  test('starts each once, in order, those included that were past when the trigger was new', async () => {
    const rule = await ruleOf({ dates: ['2026-03-02T12:00:00Z', '2026-03-02T09:00:00+01:00', '2026-03-02T14:00:00'] });
    const first = await starts(rule, await begin(rule, at('02T10:00')), at('02T10:00'));
    expect(first.dates).toEqual(['02T08:00']);
    const rest = await starts(rule, first.state, at('03T00:00'));
    expect(rest.dates).toEqual(['02T12:00', '02T14:00']);
    expect(wakeAt(rest.state)).toBeUndefined();
  });

  test('with a wrong date is an error for the log', async () => {
    const world = { flow: { namespace: 'n', id: 'f' }, zone: 'UTC', render: (text: string) => ok(text) };
    const trigger = { id: 't', type: 'core.trigger.ScheduleOnDates', properties: { dates: ['soon'] } };
    const rule = await readScheduleTrigger(
      { ...trigger, disabled: false, conditions: [], labels: [], stopAfter: [], allowConcurrent: false },
      world,
    );
    expect(rule).toEqual({ ok: false, error: expect.stringContaining('soon') });
  });
});
