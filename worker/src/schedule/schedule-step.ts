/** The life of a trigger that follows dates: state and time go in, the next state and at most one start come out.
 *   S1. A date starts at most one execution: a start moves the state past its date in the same step.
 *   S2. While an execution holds the lock nothing starts; a backfill suspends the ordinary dates, also while it is paused.
 *   S3. Dates that the scheduler itself was late for follow `recoverMissedSchedules`. Dates that passed while the trigger was
 *       disabled or locked are left out, unless `recoverMissedSchedules` is written on the trigger. */
import { SCHEDULE_LATENESS_MS_MAX } from '../limits.ts';
import { nextFitting, previousFitting } from './fitting-dates.ts';
import type { Fits, Found } from './fitting-dates.ts';
import type { ScheduleRule } from './schedule-rule.ts';
import { NEW_SCHEDULE } from './schedule-state.ts';
import type { Backfill, ScheduleState } from './schedule-state.ts';

/** A trigger's rule with its conditions. */
export interface DatedRule extends ScheduleRule {
  fits: Fits;
}

export interface ScheduleStart {
  date: number;
  /** The backfill it belongs to. */
  backfill?: Backfill;
  /** Its conditions cannot be evaluated: the execution is created as a failure. */
  error?: string;
}

export interface ScheduleStep {
  state: ScheduleState;
  start?: ScheduleStart;
}

/** A trigger that is new, or whose definition changed: nothing is made up for. */
export async function begin(
  rule: DatedRule,
  now: number,
  before: ScheduleState = NEW_SCHEDULE,
): Promise<ScheduleState> {
  const { disabled, lock, backfill } = before;
  const date = rule.countsFromStart ? before.date : now;
  const state: ScheduleState = { disabled, ...(lock !== undefined && { lock }), ...(backfill && { backfill }), date };
  return disabled ? state : arm(rule, state, rule.countsFromStart ? (date ?? -Infinity) : now);
}

/** What is due at `now`. The caller performs the start, then asks again until there is none. */
export async function step(rule: DatedRule, state: ScheduleState, now: number): Promise<ScheduleStep> {
  if (state.disabled || state.lock !== undefined) return { state };
  if (state.backfill !== undefined) return backfillStep(rule, state, state.backfill, now);
  if (state.next !== undefined) return state.next > now ? { state } : dueStep(rule, state, state.next, now);
  if (state.searchFrom === undefined || state.searchFrom > now) return { state };
  const armed = await arm(rule, state, state.searchFrom - 1);
  return armed.next === undefined || armed.next > now ? { state: armed } : dueStep(rule, armed, armed.next, now);
}

async function dueStep(rule: DatedRule, state: ScheduleState, next: number, now: number): Promise<ScheduleStep> {
  const { lateMaximumDelayMs: delay } = rule;
  if (delay !== undefined && next < now - delay) return step(rule, await arm(rule, state, now - delay - 1), now);
  const following = await nextFitting(rule.timetable, rule.fits, next);
  const isMissed = (following.type === 'date' && following.at <= now) || now - next > SCHEDULE_LATENESS_MS_MAX;
  if (!isMissed || rule.recover === 'ALL') {
    const owed = isMissed ? { owedUntil: Math.max(state.owedUntil ?? 0, now) } : {};
    return startAt(rule, { ...state, ...owed }, next, following);
  }
  const last = await previousFitting(rule.timetable, rule.fits, now + 1);
  const at = last.type === 'date' && last.at >= next ? last.at : next;
  const isWanted = rule.recover === 'LAST' || now - at <= SCHEDULE_LATENESS_MS_MAX;
  return isWanted ? startAt(rule, state, at) : { state: await arm(rule, state, now) };
}

async function startAt(rule: DatedRule, state: ScheduleState, date: number, following?: Found): Promise<ScheduleStep> {
  const found = following ?? (await nextFitting(rule.timetable, rule.fits, date));
  const verdict = await rule.fits(date);
  return { state: withNext({ ...state, date }, found), start: { date, ...(!verdict.ok && { error: verdict.error }) } };
}

async function backfillStep(
  rule: DatedRule,
  state: ScheduleState,
  backfill: Backfill,
  now: number,
): Promise<ScheduleStep> {
  if (backfill.paused) return { state };
  if (backfill.current > backfill.end) return step(rule, endBackfill(state), now);
  if (backfill.current > now) return { state };
  const found = await nextFitting(rule.timetable, rule.fits, backfill.current - 1);
  if (found.type === 'none' || found.at > backfill.end) return step(rule, endBackfill(state), now);
  if (found.type === 'unfinished' || found.at > now)
    return { state: { ...state, backfill: { ...backfill, current: found.at } } };
  const current = rule.timetable.next(found.at) ?? backfill.end + 1;
  return {
    state: { ...state, date: found.at, backfill: { ...backfill, current } },
    start: { date: found.at, backfill, ...(found.error !== undefined && { error: found.error }) },
  };
}

/** The execution that held the lock has ended, or somebody took the lock away. */
export async function unlock(
  rule: DatedRule,
  { lock: _lock, ...state }: ScheduleState,
  now: number,
): Promise<ScheduleState> {
  const { next, owedUntil = -Infinity } = state;
  if (state.backfill !== undefined || next === undefined || next > now) return state;
  if (rule.recoverIsWritten || next <= owedUntil) return state;
  // The date of this very moment is not one that passed while the trigger was locked.
  const last = await previousFitting(rule.timetable, rule.fits, now + 1);
  const isNow = last.type === 'date' && last.at >= next && now - last.at <= SCHEDULE_LATENESS_MS_MAX;
  return isNow ? { ...state, next: last.at } : arm(rule, state, now);
}

export function disable({ next: _next, searchFrom: _searchFrom, ...state }: ScheduleState): ScheduleState {
  return { ...state, disabled: true };
}

export async function enable(rule: DatedRule, state: ScheduleState, now: number): Promise<ScheduleState> {
  if (!state.disabled) return state;
  const enabled = { ...state, disabled: false };
  const last = state.backfill?.previousDate ?? state.date;
  const from = rule.recoverIsWritten || rule.countsFromStart ? (last ?? now) : now;
  const armed = await arm(rule, enabled, from);
  if (armed.backfill === undefined) return armed;
  // What was next before the trigger was disabled is no longer what it goes back to.
  const { previousNext: _previousNext, ...backfill } = armed.backfill;
  return { ...armed, backfill: { ...backfill, ...(armed.next !== undefined && { previousNext: armed.next }) } };
}

export type BackfillRequest = Pick<Backfill, 'start' | 'end' | 'inputs' | 'labels'>;

export function beginBackfill(state: ScheduleState, request: BackfillRequest, now: number): ScheduleState {
  const { start, end, inputs, labels } = request;
  const backfill: Backfill = {
    createdAt: now,
    start,
    end,
    current: start,
    paused: false,
    ...(inputs && { inputs }),
    ...(labels && { labels }),
    ...(state.date !== undefined && { previousDate: state.date }),
    ...(state.next !== undefined && { previousNext: state.next }),
  };
  return { ...state, backfill };
}

export function pauseBackfill(state: ScheduleState, paused: boolean): ScheduleState {
  return state.backfill === undefined ? state : { ...state, backfill: { ...state.backfill, paused } };
}

/** Done or deleted: the trigger goes on where it was, and what it missed meanwhile is missed like any date. */
export function endBackfill({ backfill, ...state }: ScheduleState): ScheduleState {
  const { previousDate, previousNext } = backfill ?? {};
  return {
    ...state,
    ...(previousDate !== undefined && { date: previousDate }),
    ...(previousNext !== undefined && { next: previousNext }),
  };
}

/** The first date that fits after an instant becomes the next one. */
async function arm(rule: DatedRule, state: ScheduleState, after: number): Promise<ScheduleState> {
  return withNext(state, await nextFitting(rule.timetable, rule.fits, after));
}

function withNext({ next: _next, searchFrom: _searchFrom, ...state }: ScheduleState, found: Found): ScheduleState {
  if (found.type === 'none') return state;
  return found.type === 'date' ? { ...state, next: found.at } : { ...state, searchFrom: found.at };
}
