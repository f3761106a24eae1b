import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runJq } from '../../../worker/src/jq/run-jq.ts';
import type { Json } from '../../../worker/src/protocol/json.ts';

let compiled: Promise<WebAssembly.Module> | undefined;

/** Every result of a jq program; its three megabytes are compiled when a program first needs them. */
export async function jq(program: string, input: Json): Promise<Json[]> {
  compiled ??= readFile(fileURLToPath(import.meta.resolve('jq-web/jq.wasm'))).then((bytes) =>
    WebAssembly.compile(bytes),
  );
  return runJq(await compiled, program, input, Date.now);
}
