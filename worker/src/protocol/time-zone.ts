/** Time zones as Java writes them. Offsets may stand behind UTC or GMT: `GMT+2`, `UTC+02:00`, `-03:30`. */
const OFFSET = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/;

/** The same zone in the words of Temporal and Intl; whether anybody knows it is not said. */
export function standardZone(text: string): string {
  if (text === 'Z' || text === 'GMT' || text === 'UT') return 'UTC';
  const [, sign, hours = '', minutes = '00'] = OFFSET.exec(text) ?? [];
  return sign === undefined ? text : `${sign}${hours.padStart(2, '0')}:${minutes}`;
}

export function isTimeZone(text: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: standardZone(text) });
    return true;
  } catch {
    return false;
  }
}
