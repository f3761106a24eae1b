/** Compiled flows by their source: a source always compiles to the same flow, so nothing here can be out of date. */
import { FLOW_CHARS_CACHED_MAX, FLOWS_CACHED_MAX } from '../limits.ts';
import { compileFlow } from './compile.ts';
import type { Compiled } from './compile.ts';

const cache = new Map<string, Compiled>();
let chars = 0;

/** As `compileFlow` without options: the flow's revision is for the caller to set. */
export function compileCached(source: string): Compiled {
  const known = cache.get(source);
  const compiled = known ?? compileFlow(source);
  if (known === undefined) chars += source.length;
  // The order of a map is the order of use: the first entry is the one that was not asked for the longest.
  cache.delete(source);
  cache.set(source, compiled);
  for (const oldest of cache.keys()) {
    if (cache.size <= FLOWS_CACHED_MAX && chars <= FLOW_CHARS_CACHED_MAX) break;
    cache.delete(oldest);
    chars -= oldest.length;
  }
  return compiled;
}
