/** The outputs of a flow: rendered at its end, then made the type that each declares. */
import { renderDeep, renderValue } from '../expression/index.ts';
import type { MaybePromise, Scope, Services } from '../expression/index.ts';
import { isJsonObject, parseJson, parseNumber } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { FlowOutput } from './flow.ts';

export interface OutputFault {
  message: string;
}

/** All outputs, or the first that cannot be had. Synchronous unless an expression had to wait. */
export function resolveOutputs(
  outputs: readonly FlowOutput[],
  scope: Scope,
  services: Services,
): MaybePromise<Result<JsonObject, OutputFault>> {
  return resolveFrom(outputs, 0, {}, scope, services);
}

function resolveFrom(
  outputs: readonly FlowOutput[],
  first: number,
  resolved: JsonObject,
  scope: Scope,
  services: Services,
): MaybePromise<Result<JsonObject, OutputFault>> {
  for (let n = first; n < outputs.length; n++) {
    const output = outputs[n];
    if (output === undefined) break;
    const add = (rendered: Result<Json, OutputFault>): Result<JsonObject, OutputFault> => {
      const value = rendered.ok ? typed(output, rendered.value) : rendered;
      if (!value.ok) return fail({ message: `Output '${output.id}' cannot be made: ${value.error.message}` });
      resolved[output.id] = value.value;
      return ok(resolved);
    };
    const rendered =
      typeof output.value === 'string'
        ? renderValue(output.value, scope, services)
        : renderDeep(output.value, scope, services);
    if (rendered instanceof Promise) {
      return rendered.then((result) => {
        const added = add(result);
        return added.ok ? resolveFrom(outputs, n + 1, resolved, scope, services) : added;
      });
    }
    const added = add(rendered);
    if (!added.ok) return added;
  }
  return ok(resolved);
}

function typed(output: FlowOutput, value: Json): Result<Json, OutputFault> {
  if (value === null || value === '') {
    return output.required && value === null ? fail({ message: 'it is required, but there is no value' }) : ok(value);
  }
  switch (output.type) {
    case 'INT':
    case 'FLOAT':
      return toNumber(value, output.type);
    case 'BOOL':
    case 'BOOLEAN':
      return ok(typeof value === 'string' ? value.toLowerCase() === 'true' : value);
    case 'JSON':
    case 'ARRAY':
    case 'MULTISELECT':
      return fromJson(value, output.type !== 'JSON');
    case undefined:
      return ok(value);
    default:
      return ok(typeof value === 'string' || isJsonObject(value) || Array.isArray(value) ? value : String(value));
  }
}

function toNumber(value: Json, type: 'INT' | 'FLOAT'): Result<Json, OutputFault> {
  const pattern = type === 'INT' ? /^[+-]?\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  const text = String(value).trim();
  return pattern.test(text) ? ok(parseNumber(text)) : fail({ message: `'${text}' is no ${type}` });
}

function fromJson(value: Json, list: boolean): Result<Json, OutputFault> {
  if (typeof value !== 'string') return ok(value);
  try {
    const parsed = parseJson(value);
    return list && !Array.isArray(parsed) ? fail({ message: 'it is no list' }) : ok(parsed);
  } catch {
    return fail({ message: 'it is no JSON' });
  }
}
