/** The answer of an operation whose caller decides what a failure means (parsing, validation, expressions). */
export type Result<T, E> = { ok: true; value: T } | { ok: false; error: E };

export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

export function fail<E>(error: E): { ok: false; error: E } {
  return { ok: false, error };
}

/** Throws when `condition` is false: a bug of ours, never a user's mistake. */
export function assert(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${claim}`);
}

/** Marks the branch that no value can reach, so that a new member of a union is a type error there. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${String(value)}`);
}
