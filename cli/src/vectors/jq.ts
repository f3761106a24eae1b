import { parseJson, stringifyJson } from '../../../worker/src/protocol/json.ts';
import type { Json } from '../../../worker/src/protocol/json.ts';

/** Every result of a jq program, from real jq; its three megabytes are loaded when a program first needs them. */
export async function runJq(program: string, input: Json): Promise<Json[]> {
  const { default: ready } = await import('jq-web');
  const lines = (await ready).raw(stringifyJson(input), program, ['-c']).split('\n');
  return lines.filter((line) => line !== '').map(parseJson);
}
