let last = { at: 0, text: '1970-01-01T00:00:00.000Z' };

/** An instant as the API writes it. Whoever writes one mostly writes the same one again: the last is remembered. */
export function isoOf(at: number): string {
  if (last.at !== at) last = { at, text: new Date(at).toISOString() };
  return last.text;
}
