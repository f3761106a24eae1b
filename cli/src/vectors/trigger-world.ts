/** What vectors about triggers share: a clock that stands still, and an expression engine without the outside world. */
import { renderText, scopeOf } from '../../../worker/src/expression/index.ts';
import type { Services } from '../../../worker/src/expression/index.ts';
import { readTrigger } from '../../../worker/src/flow/flow-reader.ts';
import type { Trigger } from '../../../worker/src/flow/flow.ts';
import { isPublicHoliday } from '../../../worker/src/holidays.ts';
import { isJsonObject } from '../../../worker/src/protocol/json.ts';
import type { Json, JsonObject } from '../../../worker/src/protocol/json.ts';
import { fail, ok } from '../../../worker/src/result.ts';
import type { TriggerWorld } from '../../../worker/src/schedule/schedule-trigger.ts';

export function servicesAt(now: number, zone: string): Services {
  return {
    now: () => now,
    timeZone: zone,
    random: () => 0.5,
    randomBytes: (length) => new Uint8Array(length),
    isPublicHoliday,
  };
}

export function triggerWorld(
  now: number,
  zone: string,
  flow: { namespace: string; id: string },
  variables: JsonObject,
): TriggerWorld {
  const services = servicesAt(now, zone);
  return {
    flow,
    zone,
    isPublicHoliday,
    async render(template, more) {
      const text = await renderText(template, scopeOf({ ...variables, ...more }), services);
      return text.ok ? ok(text.value) : fail(text.error.message);
    },
  };
}

/** A trigger as a vector writes it; without id or type it is a Schedule. What the reader refuses is read as it stands: a
 *  stored flow may hold it. */
export function triggerOf(source: Json | undefined): Trigger {
  const members = isJsonObject(source) ? source : {};
  const full = { id: 'trigger', type: 'io.kestra.plugin.core.trigger.Schedule', ...members };
  const { trigger } = readTrigger(full);
  if (trigger === undefined) throw new Error(`the trigger type ${String(full.type)} is unknown`);
  return trigger;
}

export function mapIn(map: JsonObject, key: string): JsonObject {
  const value = map[key];
  return isJsonObject(value) ? value : {};
}

export function instantIn(map: JsonObject, key: string): number | undefined {
  const value = map[key];
  return typeof value === 'string' ? Date.parse(value) : undefined;
}

export function textIn(map: JsonObject, key: string): string | undefined {
  const value = map[key];
  return typeof value === 'string' ? value : undefined;
}
