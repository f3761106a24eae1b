/** C's `struct tm` in the memory of a 32-bit program: fields of four bytes, in UTC. */
const FIELD_BYTES = 4;
const DAY_MS = 86_400_000;

export function writeDate(view: DataView, pointer: number, seconds: number): void {
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  const yearDay = Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / DAY_MS);
  const fields = [
    date.getUTCSeconds(),
    date.getUTCMinutes(),
    date.getUTCHours(),
    date.getUTCDate(),
    date.getUTCMonth(),
    year - 1900,
    date.getUTCDay(),
    yearDay,
    0, // no summer time
    0, // seconds east of UTC
  ];
  for (const [n, field] of fields.entries()) view.setInt32(pointer + n * FIELD_BYTES, field, true);
}

/** Seconds since 1970; fields out of their range carry over. The weekday and the day of the year are set right. */
export function readDate(view: DataView, pointer: number): number {
  const field = (n: number) => view.getInt32(pointer + n * FIELD_BYTES, true);
  const seconds = Date.UTC(field(5) + 1900, field(4), field(3), field(2), field(1), field(0)) / 1000;
  writeDate(view, pointer, seconds);
  return seconds;
}
