/** The schedule vectors: dates of cron expressions, what a trigger starts, and what a scheduler does at a clock that stands still. */
import { renderDeep, renderValue, scopeOf } from '../../../worker/src/expression/index.ts';
import { readInputs } from '../../../worker/src/flow/flow-reader.ts';
import { resolveInputs } from '../../../worker/src/flow/inputs/resolve.ts';
import { readLabels } from '../../../worker/src/flow/labels.ts';
import type { Label, Trigger } from '../../../worker/src/flow/flow.ts';
import { isJsonObject } from '../../../worker/src/protocol/json.ts';
import type { JsonObject } from '../../../worker/src/protocol/json.ts';
import { assert } from '../../../worker/src/result.ts';
import { parseCron } from '../../../worker/src/schedule/cron.ts';
import { nextFitting, previousFitting } from '../../../worker/src/schedule/fitting-dates.ts';
import { readScheduleTrigger } from '../../../worker/src/schedule/schedule-trigger.ts';
import type { ScheduleState } from '../../../worker/src/schedule/schedule-state.ts';
import { begin, disable, step } from '../../../worker/src/schedule/schedule-step.ts';
import type { DatedRule } from '../../../worker/src/schedule/schedule-step.ts';
import { scheduleVariables } from '../../../worker/src/schedule/schedule-variables.ts';
import { mergeLabels, renderLabels } from '../../../worker/src/schedule/start-values.ts';
import type { Got } from './judge.ts';
import { instantIn, mapIn, servicesAt, textIn, triggerOf, triggerWorld } from './trigger-world.ts';

const FLOW = { id: 'flow', namespace: 'company.team' };
const EXECUTIONS_MAX = 50;

export async function runCronVector(vector: JsonObject): Promise<Got> {
  if (vector.kind === 'validate') return validate(mapIn(vector, 'trigger'));
  const trigger = triggerOf(vector.trigger);
  const now = instantIn(vector, 'clock') ?? Date.now();
  const world = triggerWorld(now, textIn(vector, 'systemZone') ?? 'UTC', FLOW, {});
  const rule = await readScheduleTrigger(trigger, world);
  if (!rule.ok) return { executions: [], logs: [rule.error], disabled: false };
  const context = mapIn(vector, 'triggerContext');
  switch (vector.kind) {
    case 'cron':
      return { next: await datesAfter(rule.value, instantIn(vector, 'after') ?? now, Number(vector.count)) };
    case 'nextEvaluationDate': {
      const { next } = await begin(rule.value, instantIn(context, 'date') ?? now, {
        disabled: false,
        date: instantIn(context, 'date'),
      });
      return { next: textOf(next) };
    }
    case 'previousEvaluationDate': {
      const found = await previousFitting(rule.value.timetable, rule.value.fits, instantIn(context, 'date') ?? now);
      return { previous: found.type === 'date' ? textOf(found.at) : undefined };
    }
    case 'evaluate':
      return evaluate(vector, trigger, rule.value, now);
    case 'scheduler':
      return schedule(trigger, rule.value, context, now);
    default:
      throw new Error(`unknown kind ${String(vector.kind)}`);
  }
}

function validate({ cron, withSeconds }: JsonObject): Got {
  const parsed = parseCron(String(cron), { withSeconds: withSeconds === true });
  return { valid: parsed.ok, message: parsed.ok ? '' : parsed.error };
}

async function datesAfter({ timetable, fits }: DatedRule, after: number, count: number): Promise<string[]> {
  const dates: string[] = [];
  let found = await nextFitting(timetable, fits, after);
  while (found.type === 'date' && dates.length < count) {
    dates.push(new Date(found.at).toISOString());
    found = await nextFitting(timetable, fits, found.at);
  }
  return dates;
}

async function evaluate(vector: JsonObject, trigger: Trigger, rule: DatedRule, now: number): Promise<Got> {
  const context = mapIn(vector, 'triggerContext');
  const backfill = isJsonObject(context.backfill) ? context.backfill : undefined;
  const date = instantIn(backfill ?? context, backfill === undefined ? 'date' : 'currentDate') ?? now;
  const verdict = await rule.fits(date);
  const isDate = rule.timetable.next(date - 1) === date;
  if (!isDate || date > now || !verdict.ok || !verdict.value.holds) return { execution: false };
  const variables = await scheduleVariables(rule, date);
  const scope = { trigger: variables, schedule: variables };
  const flow = mapIn(vector, 'flow');
  const rendered = await renderLabels(trigger.labels, async (template) => {
    const world = triggerWorld(now, rule.zone, FLOW, {});
    return world.render(template, scope);
  });
  const flowLabels = readLabels(flow.labels ?? {}).labels;
  const labels = mergeLabels(flowLabels, rendered.labels, readLabels(backfill?.labels ?? {}).labels);
  const services = servicesAt(now, rule.zone);
  const given = await renderDeep({ ...trigger.inputs, ...mapIn(backfill ?? {}, 'inputs') }, scopeOf(scope), services);
  assert(given.ok && isJsonObject(given.value), 'the inputs of the trigger can be rendered');
  const { inputs } = readInputs(flow.inputs ?? null);
  const resolved = await resolveInputs(inputs, given.value, (text, values) =>
    renderValue(text, scopeOf({ inputs: values }), services),
  );
  return { execution: true, variables, labels: labelMap(labels), inputs: { ...given.value, ...resolved.values } };
}

/** Runs the scheduler until nothing is due; every execution ends at once in SUCCESS. */
async function schedule(trigger: Trigger, rule: DatedRule, context: JsonObject, now: number): Promise<Got> {
  const executions: JsonObject[] = [];
  let state = await stateOf(rule, context, now);
  while (executions.length < EXECUTIONS_MAX) {
    const { state: after, start } = await step(rule, state, now);
    state = after;
    if (start === undefined) break;
    const { date = '', next = null } = await scheduleVariables(rule, start.date);
    executions.push({ date, next, state: start.error === undefined ? 'CREATED' : 'FAILED' });
    if (trigger.stopAfter.includes('SUCCESS')) state = disable(state);
  }
  return { executions, nextExecutionDate: textOf(state.next), disabled: state.disabled, logs: [] };
}

async function stateOf(rule: DatedRule, context: JsonObject, now: number): Promise<ScheduleState> {
  const date = instantIn(context, 'date');
  const next = instantIn(context, 'nextExecutionDate');
  const { disabled, backfill } = context;
  const state: ScheduleState = {
    disabled: disabled === true,
    ...(date !== undefined && { date }),
    ...(next !== undefined && { next }),
  };
  const armed = next === undefined && !state.disabled ? { ...(await begin(rule, date ?? now, state)), date } : state;
  if (!isJsonObject(backfill)) return armed;
  const start = instantIn(backfill, 'start') ?? instantIn(backfill, 'currentDate') ?? now;
  const previousNext = instantIn(backfill, 'previousNextExecutionDate') ?? armed.next;
  return {
    ...armed,
    backfill: {
      createdAt: now,
      start,
      end: instantIn(backfill, 'end') ?? now,
      current: instantIn(backfill, 'currentDate') ?? start,
      paused: backfill.paused === true,
      ...(previousNext !== undefined && { previousNext }),
    },
  };
}

function textOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

function labelMap(labels: readonly Label[]): JsonObject {
  return Object.fromEntries(labels.map(({ key, value }) => [key, value]));
}
