/** Durations as flows write them: ISO-8601 with days as the largest unit, upper or lower case (`PT5M`, `P1DT2H`, `PT0.25S`). */

const DURATION =
  /^([+-])?P(?=[-+\dT])(?:([+-]?\d+)D)?(?:T(?=[-+\d])(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?\d+)(?:[.,](\d{0,9}))?S)?)?$/i;

/** Milliseconds, or undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim());
  if (match === null) return undefined;
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = match;
  const fractionMs = Math.floor(Number(fraction.padEnd(9, '0')) / 1e6) * (seconds.startsWith('-') ? -1 : 1);
  const ms =
    Number(days) * 86_400_000 +
    Number(hours) * 3_600_000 +
    Number(minutes) * 60_000 +
    Number(seconds) * 1000 +
    fractionMs;
  if (!Number.isSafeInteger(ms)) return undefined;
  return sign === '-' ? -ms : ms;
}

/** The shortest text without days, as Java prints it: 90,061,500 ms is `PT25H1M1.5S`, nothing is `PT0S`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return 'PT0S';
  const sign = ms < 0 ? '-' : '';
  const whole = Math.abs(Math.round(ms));
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor(whole / 60_000) % 60;
  const seconds = (whole % 60_000) / 1000;
  return (
    'PT' +
    (hours === 0 ? '' : `${sign}${hours}H`) +
    (minutes === 0 ? '' : `${sign}${minutes}M`) +
    (seconds === 0 ? '' : `${sign}${seconds}S`)
  );
}
