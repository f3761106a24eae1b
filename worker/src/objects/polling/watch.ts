/** Looking for changes: what was there at the last look is remembered, and the first look only remembers. */
import { WATCHED_MAX } from '../../limits.ts';
import { isJsonObject } from '../../protocol/json.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { fail, ok } from '../../result.ts';
import type { Result } from '../../result.ts';
import { changesBetween } from '../../schedule/changes.ts';
import type { Change, ChangeKind } from '../../schedule/changes.ts';
import { readInput } from '../../tasks/read-input.ts';
import type * as z from '../../zod.ts';
import type { Looking, Seen } from './poll.ts';

/** The trigger's own properties, rendered. */
export async function readProperties<I extends z.ZodObject>(
  input: I,
  { trigger, world }: Pick<Looking, 'trigger' | 'world'>,
): Promise<Result<z.output<I>, string>> {
  const read = await readInput({ input }, trigger.properties, async (map) => {
    const rendered = await world.renderMap(map, {});
    return rendered.ok ? rendered : fail({ message: rendered.error });
  });
  return read.ok ? read : fail(read.error.message);
}

/** `there`: names and versions of what is there now. */
export function watch(
  there: ReadonlyMap<string, string>,
  memory: JsonObject | undefined,
  on: readonly ChangeKind[] | undefined,
  variables: (changes: Change[]) => JsonObject,
): Result<Seen, string> {
  if (there.size > WATCHED_MAX)
    return fail(`There are more than ${WATCHED_MAX} things to watch: narrow down what the trigger looks at.`);
  const now: JsonObject = { there: Object.fromEntries(there) };
  if (memory === undefined) return ok({ memory: now });
  const changes = changesBetween(versionsIn(memory.there), there, on);
  return ok({ memory: now, ...(changes.length > 0 && { variables: variables(changes) }) });
}

/** Names and versions as a memory holds them. */
export function versionsIn(value: Json | undefined): Map<string, string> {
  const source = isJsonObject(value) ? value : {};
  return new Map(Object.entries(source).map(([name, version]) => [name, String(version)]));
}
