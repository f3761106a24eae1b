import { runJq } from '../jq/run-jq.ts';
import type { Json } from '../protocol/json.ts';

/** Every result of a jq program; its three megabytes are loaded when a program first needs them. */
export async function jq(program: string, input: Json): Promise<Json[]> {
  const { default: module } = await import('jq-web/jq.wasm');
  return runJq(module, program, input, Date.now);
}
