/** Makes a failing flow small: takes away one part after the other, as long as the same promise is still broken. */
import type { Json, JsonObject } from '../../protocol/json.ts';
import { isJsonObject } from '../../protocol/json.ts';
import type { Simulation } from './simulate-engine.ts';

/** Worlds that a smaller flow is tried in: what happens in one depends on the flow. */
const WORLDS = 12;

export async function shrink(
  failed: Simulation,
  simulate: (seed: number, flow: JsonObject) => Promise<Simulation>,
): Promise<Simulation> {
  let smallest = failed;
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const flow of smallerFlows(smallest.flow)) {
      const again = await failsTheSame(failed, flow, simulate);
      if (again === undefined) continue;
      smallest = again;
      isSmaller = true;
      break;
    }
  }
  return shortestTrace(smallest, simulate);
}

async function failsTheSame(
  failed: Simulation,
  flow: JsonObject,
  simulate: (seed: number, flow: JsonObject) => Promise<Simulation>,
): Promise<Simulation | undefined> {
  for (let n = 0; n < WORLDS; n++) {
    try {
      const again = await simulate(failed.seed + n, flow);
      if (promiseOf(again) === promiseOf(failed)) return again;
    } catch {
      return undefined; // no flow any more
    }
  }
  return undefined;
}

async function shortestTrace(
  failed: Simulation,
  simulate: (seed: number, flow: JsonObject) => Promise<Simulation>,
): Promise<Simulation> {
  let shortest = failed;
  for (let n = 0; n < 20 * WORLDS; n++) {
    const again = await simulate(failed.seed + n, failed.flow);
    if (promiseOf(again) === promiseOf(failed) && again.trace.length < shortest.trace.length) shortest = again;
  }
  return shortest;
}

/** The number of the promise, which stands before the colon. */
function promiseOf({ broken }: Simulation): string | undefined {
  return broken[0]?.split(':')[0];
}

/** The flow without one part of it, larger parts first. */
function* smallerFlows(flow: JsonObject): Generator<JsonObject> {
  const parts = partsOf(flow).sort((a, b) => b.size - a.size);
  for (const { path } of parts) {
    const smaller = without(flow, path);
    if (isJsonObject(smaller)) yield smaller;
  }
}

type Path = readonly (string | number)[];

function partsOf(value: Json, path: Path = []): { path: Path; size: number }[] {
  const children: [string | number, Json][] = Array.isArray(value)
    ? value.map((item, n) => [n, item])
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  return children.flatMap(([key, child]) => {
    const at = [...path, key];
    return [{ path: at, size: JSON.stringify(child).length }, ...partsOf(child, at)];
  });
}

function without(value: Json, [key, ...rest]: Path): Json {
  if (key === undefined) return value;
  if (Array.isArray(value)) {
    const n = Number(key);
    return rest.length === 0 ? value.toSpliced(n, 1) : value.with(n, without(value[n] ?? null, rest));
  }
  if (!isJsonObject(value)) return value;
  if (rest.length > 0) return { ...value, [key]: without(value[key] ?? null, rest) };
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}
