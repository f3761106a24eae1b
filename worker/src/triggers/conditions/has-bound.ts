import type { JsonObject } from '../../protocol/json.ts';
import type { Problem } from '../../tasks/properties.ts';

/** A range needs at least one end. */
export function hasBound({ after, before }: JsonObject): Problem[] {
  return (after ?? before ?? null) === null ? [{ message: 'At least one of `after` and `before` must be set' }] : [];
}
