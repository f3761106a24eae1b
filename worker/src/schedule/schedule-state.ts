/** Where a trigger that follows dates stands. Epoch milliseconds; plain data, stored as it is. */
import type { Label } from '../flow/flow.ts';
import type { JsonObject } from '../protocol/json.ts';

export interface ScheduleState {
  /** The date of the last execution it started, or when it was new. */
  date?: number;
  /** The date that is due next. */
  next?: number;
  /** No date fits before this one, and the search goes on there. */
  searchFrom?: number;
  /** Dates up to here were missed because the scheduler was late: they are still owed, however long each execution takes. */
  owedUntil?: number;
  /** By a person or by `stopAfter`, not by the flow's source. */
  disabled: boolean;
  /** The execution that must end before the next one starts. */
  lock?: string;
  backfill?: Backfill;
}

export interface Backfill {
  /** Tells it from others over the same dates. */
  createdAt: number;
  start: number;
  end: number;
  /** The earliest date that is not yet run. */
  current: number;
  paused: boolean;
  inputs?: JsonObject;
  labels?: Label[];
  /** What the trigger goes back to afterwards: the last of its own dates, and the next one. */
  previousDate?: number;
  previousNext?: number;
}

export const NEW_SCHEDULE: ScheduleState = { disabled: false };

/** When the trigger must be looked at again; absent when only somebody else can change anything. */
export function wakeAt({ disabled, lock, backfill, next, searchFrom }: ScheduleState): number | undefined {
  if (disabled || lock !== undefined) return undefined;
  if (backfill !== undefined && backfill.paused) return undefined;
  // One that has run all its dates is ended at once, and not when its next date would come.
  if (backfill !== undefined) return backfill.current > backfill.end ? 0 : backfill.current;
  return next ?? searchFrom;
}
