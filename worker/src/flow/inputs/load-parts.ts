import { calendar, regularExpressions } from '../../expression/parts.ts';
import type { MaybePromise } from '../../expression/services.ts';
import type { JsonObject } from '../../protocol/json.ts';

const MOMENTS: ReadonlySet<unknown> = new Set(['DATETIME', 'DATE', 'TIME']);

/** Loads what values of these types are checked with, unless it is there already. */
export function loadPartsFor(fields: readonly { type?: string; properties?: JsonObject }[]): MaybePromise<void> {
  const missing: Promise<unknown>[] = [];
  if (calendar.loaded === undefined && fields.some(isMoment)) missing.push(calendar.load());
  if (regularExpressions.loaded === undefined && fields.some(({ properties }) => properties?.validator !== undefined))
    missing.push(regularExpressions.load());
  return missing.length === 0 ? undefined : Promise.all(missing).then(() => undefined);
}

function isMoment({ type, properties }: { type?: string; properties?: JsonObject }): boolean {
  return MOMENTS.has(type) || MOMENTS.has(properties?.itemType);
}
