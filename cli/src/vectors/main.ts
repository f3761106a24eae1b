/** Runs conformance vectors: `npm run -s vectors -- DIR` prints a JSON line for each, and last how many passed and failed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, parseJson, stringifyJson } from '../../../worker/src/protocol/json.ts';
import type { Json, JsonObject } from '../../../worker/src/protocol/json.ts';
import '../../../worker/src/expression/all-parts.ts';
import { ADAPTERS } from './adapters.ts';
import type { Adapter } from './adapters.ts';
import type { Got } from './judge.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: npm run -s vectors -- DIR');
  process.exitCode = 2;
} else {
  await runFolder(folder);
}

async function runFolder(path: string): Promise<void> {
  let passed = 0;
  let failed = 0;
  for (const file of readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .sort()) {
    const adapter = Object.hasOwn(ADAPTERS, file) ? ADAPTERS[file] : undefined;
    if (adapter === undefined) {
      console.error(`${file}: skipped, nothing here runs its vectors`);
      continue;
    }
    const content = parseJson(readFileSync(join(path, file), 'utf8'));
    if (!isJsonObject(content) || !Array.isArray(content.cases)) throw new Error(`${file}: no list of cases`);
    const { cases, ...head } = content;
    for (const vector of (cases as JsonObject[]).values()) {
      const { name, pass, got } = await runVector(vector, head, adapter);
      console.log(stringifyJson({ file, name, pass, got }));
      if (vector.gating === false) continue;
      if (pass) passed++;
      else failed++;
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

async function runVector(
  vector: JsonObject,
  head: JsonObject,
  adapter: Adapter,
): Promise<{ name: string; pass: boolean; got: Got }> {
  const { expect, ...question } = vector;
  const got = await attempt(() => adapter.run({ ...question, ...wantedCount(expect) }, head));
  return { name: String(vector.name), pass: adapter.judge(expect, got, question), got };
}

/** Dates go on for ever: how many of them are wanted is part of the question. */
function wantedCount(expect: Json | undefined): JsonObject {
  return isJsonObject(expect) && Array.isArray(expect.next) ? { count: expect.next.length } : {};
}

/** What throws fails its vector, never the run. */
async function attempt(run: () => Promise<Got> | Got): Promise<Got> {
  try {
    return await run();
  } catch (cause) {
    return { thrown: cause instanceof Error ? cause.message : String(cause) };
  }
}
