/** Dates in order, found one by one: those of a cron expression, of a list, or whatever repeats. Epoch milliseconds. */
export interface Timetable {
  /** The first date after an instant, itself excluded. */
  next(after: number): number | undefined;
  /** The last date before an instant, itself excluded. */
  previous(before: number): number | undefined;
}

/** A list of dates, in whatever order they were written. */
export function datesTimetable(dates: readonly number[]): Timetable {
  const sorted = [...new Set(dates)].sort((a, b) => a - b);
  return {
    next: (after) => sorted.find((date) => date > after),
    previous: (before) => sorted.findLast((date) => date < before),
  };
}
