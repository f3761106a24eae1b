/** The rendered outputs of a flow as values of their declared types. */
import type { Json, JsonObject } from '../protocol/json.ts';
import { chain } from '../protocol/maybe-promise.ts';
import { fail, ok } from '../result.ts';
import type { MaybePromise } from '../expression/services.ts';
import type { Result } from '../result.ts';
import type { FlowOutput } from './flow.ts';
import { loadPartsFor } from './inputs/load-parts.ts';
import { parseValue } from './inputs/parse-value.ts';
import { setOwn } from './yaml.ts';

/** `rendered` holds the value of each output by its id. The error says which output cannot be what it declares. */
export function typedOutputs(
  outputs: readonly FlowOutput[],
  rendered: JsonObject,
): MaybePromise<Result<JsonObject, string>> {
  return chain(loadPartsFor(outputs), () => typed(outputs, rendered));
}

function typed(outputs: readonly FlowOutput[], rendered: JsonObject): Result<JsonObject, string> {
  const values: JsonObject = {};
  for (const output of outputs) {
    const given: Json = Object.hasOwn(rendered, output.id) ? (rendered[output.id] ?? null) : null;
    if (given === null && output.required && output.type !== undefined) {
      return fail(`Invalid output for \`${output.id}\`, missing required output, but received \`null\``);
    }
    const parsed = output.type === undefined ? ok(given) : parseValue(output.type, given, {});
    if (!parsed.ok)
      return fail(`Invalid output for \`${output.id}\`, ${parsed.error}, but received \`${String(given)}\``);
    setOwn(values, output.id, parsed.value);
  }
  return ok(values);
}
