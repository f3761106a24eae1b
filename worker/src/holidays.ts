/** Public holidays, for conditions and expressions. The calendars are large and few flows ask: they are loaded on the first question. */

const YEARS_KEPT_MAX = 200;
/** Country, region and year -> its days. */
const years = new Map<string, ReadonlySet<string>>();

/** `date` is a day as `2026-07-14`; country and region are ISO codes (`FR`; `BY`, or `DE-BY`). Throws for a country without a calendar. */
export async function isPublicHoliday(date: string, country: string, region?: string): Promise<boolean> {
  const code = country.toUpperCase();
  const days = await daysOf(Number(date.slice(0, 4)), code, region?.toUpperCase().replace(`${code}-`, ''));
  return days.has(date);
}

async function daysOf(year: number, country: string, region: string | undefined): Promise<ReadonlySet<string>> {
  const key = `${country}/${region ?? ''}/${year}`;
  const known = years.get(key);
  if (known !== undefined) return known;
  const { default: Calendar } = await import('date-holidays');
  const calendar = new Calendar();
  if (!Object.hasOwn(calendar.getCountries(), country)) {
    throw new Error(`There is no calendar of public holidays for the country '${country}'`);
  }
  if (region !== undefined && !Object.hasOwn(calendar.getStates(country) ?? {}, region)) {
    throw new Error(`There is no calendar of public holidays for the region '${region}' of '${country}'`);
  }
  if (region === undefined) calendar.init(country);
  else calendar.init(country, region);
  // Those that begin late in the year before may reach into this one.
  const holidays = [year - 1, year].flatMap((of) => calendar.getHolidays(of)).filter(({ type }) => type === 'public');
  const days = new Set(holidays.flatMap(({ date, start, end }) => daysFrom(date, start, end)));
  if (years.size >= YEARS_KEPT_MAX) years.clear();
  years.set(key, days);
  return days;
}

/** The days that a holiday covers, counted where the calendar is: `date` is local to it, `start` and `end` are instants. */
function daysFrom(date: string, start: Date, end: Date): string[] {
  const first = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
  const count = Math.max(1, Math.round((end.getTime() - start.getTime()) / 86_400_000));
  return Array.from({ length: count }, (_, index) => new Date(first + index * 86_400_000).toISOString().slice(0, 10));
}
