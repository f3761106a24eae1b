import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runJq } from '../../../worker/src/jq/run-jq.ts';
import type { JqModule } from '../../../worker/src/jq/run-jq.ts';
import type { Json } from '../../../worker/src/protocol/json.ts';

let compiled: Promise<JqModule> | undefined;

/** Every result of a jq program; its three megabytes are compiled when a program first needs them. */
export async function jq(program: string, input: Json): Promise<Json[]> {
  compiled ??= compile();
  return runJq(await compiled, program, input, Date.now);
}

async function compile(): Promise<JqModule> {
  const bytes = await readFile(fileURLToPath(import.meta.resolve('jq-web/jq.wasm')));
  // In the types of workerd a module is not made by hand.
  return Reflect.construct(WebAssembly.Module, [bytes]);
}
