/** What the language loads only when it is used: together as large as all the rest of it. */
import { LazyPart } from './lazy-part.ts';

export const calendar = new LazyPart(async () => (await import('./dates/calendar.ts')).CALENDAR);
export const regularExpressions = new LazyPart(async () => (await import('re2js')).RE2JS);
export const hashes = new LazyPart(async () => (await import('./hashes.ts')).HASHES);

/** Loads all of it ahead of its use, so that no rendering has to wait for it. */
export async function loadParts(): Promise<void> {
  await Promise.all([calendar.load(), regularExpressions.load(), hashes.load()]);
}
