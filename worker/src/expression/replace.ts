import type { Run } from './run.ts';

/** Every occurrence of a plain text; counted before it is built. */
export function replaceAll(text: string, from: string, to: string, run: Run): string {
  const parts = text.split(from);
  run.meter.spend(parts.length);
  run.meter.grow(text.length + Math.max(0, parts.length + 1) * to.length);
  // An empty `from` stands before, between and behind all characters.
  return from === '' ? to + [...text].join(to) + (text === '' ? '' : to) : parts.join(to);
}
