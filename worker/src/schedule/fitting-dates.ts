/** Dates of a timetable that satisfy a trigger's conditions. A search is bounded twice: by ten years, and by work; one that
 *  runs out of work knows up to where nothing fits, so that its caller sleeps until then and goes on from there. */
import { SCHEDULE_SEARCH_DATES_MAX, SCHEDULE_SEARCH_YEARS_MAX } from '../limits.ts';
import type { Result } from '../result.ts';
import type { Span, Verdict } from './conditions/condition.ts';
import type { Timetable } from './timetable.ts';

/** The verdict on a date, or why its conditions cannot be evaluated. */
export type Fits = (at: number) => Promise<Result<Verdict, string>>;

export type Found =
  /** With `error`, the conditions of this date cannot be evaluated: it is due, as a failure. */
  | { type: 'date'; at: number; error?: string }
  | { type: 'none' }
  /** Nothing fits between where the search began and this date, which was not tried. */
  | { type: 'unfinished'; at: number };

const YEARS_MS = SCHEDULE_SEARCH_YEARS_MAX * 366 * 86_400_000;

export function nextFitting(timetable: Timetable, fits: Fits, after: number): Promise<Found> {
  const bound = after + YEARS_MS;
  return search(fits, timetable.next(after), (at, span) => {
    const next = span?.until === Infinity ? undefined : timetable.next(Math.max(at, (span?.until ?? at) - 1));
    return next !== undefined && next <= bound ? next : undefined;
  });
}

export function previousFitting(timetable: Timetable, fits: Fits, before: number): Promise<Found> {
  const bound = before - YEARS_MS;
  return search(fits, timetable.previous(before), (at, span) => {
    const previous = span?.from === -Infinity ? undefined : timetable.previous(Math.min(at, span?.from ?? at));
    return previous !== undefined && previous >= bound ? previous : undefined;
  });
}

/** `step` answers the date to try after one that does not fit. */
async function search(
  fits: Fits,
  first: number | undefined,
  step: (at: number, span: Span | undefined) => number | undefined,
): Promise<Found> {
  let tried = 0;
  for (let at = first; at !== undefined;) {
    if (tried++ === SCHEDULE_SEARCH_DATES_MAX) return { type: 'unfinished', at };
    const verdict = await fits(at);
    if (!verdict.ok) return { type: 'date', at, error: verdict.error };
    if (verdict.value.holds) return { type: 'date', at };
    at = step(at, verdict.value.span);
  }
  return { type: 'none' };
}
