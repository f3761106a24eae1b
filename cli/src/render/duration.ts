/** An ISO 8601 duration of hours, minutes and seconds, as a person says it: `PT1M2.5S` is `1m 2.5s`. */
export function renderDuration(iso: string | undefined): string {
  if (iso === undefined) return '';
  const match = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(iso);
  if (match === null) return iso;
  const [, hours, minutes, seconds] = match;
  const parts = [
    hours === undefined ? '' : `${hours}h`,
    minutes === undefined ? '' : `${minutes}m`,
    seconds === undefined ? '' : renderSeconds(Number(seconds)),
  ];
  return parts.filter((part) => part !== '').join(' ') || '0ms';
}

function renderSeconds(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)}ms` : `${Number(seconds.toFixed(seconds < 10 ? 2 : 1))}s`;
}
