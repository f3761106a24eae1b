/** From what a start sends to the typed values that an execution has: defaults, dependencies, choices, validation.
 *  Nothing of an input that is not enabled is looked at, and no fault of one hides those of the others. */
import type { MaybePromise } from '../../expression/index.ts';
import { hasTags } from '../../expression/index.ts';
import { isJsonObject } from '../../protocol/json.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { chain } from '../../protocol/maybe-promise.ts';
import { fail, ok } from '../../result.ts';
import type { Result } from '../../result.ts';
import type { Input } from '../flow.ts';
import { setOwn } from '../yaml.ts';
import { loadPartsFor } from './load-parts.ts';
import { parseValue, shown } from './parse-value.ts';

/** The value of a text that may hold expressions, which see `inputs` as resolved so far. */
export type RenderWithInputs = (source: string, inputs: JsonObject) => MaybePromise<Result<Json, { message: string }>>;

export interface ResolvedInput {
  input: Input;
  /** Typed; absent when the input is not enabled or wrong, null when it is optional and not given. */
  value?: Json;
  enabled: boolean;
  isDefault: boolean;
  /** What a SELECT or MULTISELECT offers. */
  choices?: string[];
  /** `Invalid input for …`, for whoever gave it. */
  error?: string;
}

export interface ResolvedInputs {
  /** As expressions read them: an id with dots nests. */
  values: JsonObject;
  /** In the order of the definitions. */
  inputs: ResolvedInput[];
  errors: Record<string, string>;
}

/** `given` holds texts, typed values and URIs of stored files by input id. Others than the defined inputs are ignored. */
export function resolveInputs(
  definitions: readonly Input[],
  given: JsonObject,
  render: RenderWithInputs,
): MaybePromise<ResolvedInputs> {
  const resolved = new Map<string, ResolvedInput>();
  const values: JsonObject = {};
  const keep = (answer: ResolvedInput): void => {
    resolved.set(answer.input.id, answer);
    if (answer.value !== undefined) setNested(values, answer.input.id, answer.value);
  };
  const step = (rest: readonly Input[]): MaybePromise<void> => {
    // A plain loop while answers come at once: flows with many inputs must not deepen the stack.
    for (const [index, input] of rest.entries()) {
      const answer = resolveInput(input, given, values, resolved, render);
      if (answer instanceof Promise) return answer.then(keep).then(() => step(rest.slice(index + 1)));
      keep(answer);
    }
  };
  const loaded = loadPartsFor(definitions);
  const steps = chain(loaded, () => step(inDependencyOrder(definitions)));
  return chain(steps, () => {
    const inputs = definitions.map((input) => resolved.get(input.id)).filter((answer) => answer !== undefined);
    const errors: Record<string, string> = {};
    for (const { input, error } of inputs) if (error !== undefined) errors[input.id] = error;
    return { values, inputs, errors };
  });
}

/** Dependencies before those that need them. Cycles are refused when the flow is compiled. */
function inDependencyOrder(definitions: readonly Input[]): Input[] {
  const byId = new Map(definitions.map((input) => [input.id, input]));
  const ordered = new Set<Input>();
  const visiting = new Set<Input>();
  const visit = (input: Input): void => {
    if (ordered.has(input) || visiting.has(input)) return;
    visiting.add(input);
    for (const id of input.dependsOn?.inputs ?? []) {
      const needed = byId.get(id);
      if (needed !== undefined) visit(needed);
    }
    ordered.add(input);
  };
  for (const input of definitions) visit(input);
  return [...ordered];
}

function resolveInput(
  input: Input,
  given: JsonObject,
  values: JsonObject,
  resolved: ReadonlyMap<string, ResolvedInput>,
  render: RenderWithInputs,
): MaybePromise<ResolvedInput> {
  return chain(isEnabled(input, values, resolved, render), (enabled) => {
    if (!enabled.ok) return { input, enabled: true, isDefault: false, error: invalid(input, enabled.error, null) };
    if (!enabled.value) return { input, enabled: false, isDefault: false };
    return chain(choicesOf(input, values, render), (choices) => {
      if (!choices.ok) return { input, enabled: true, isDefault: false, error: invalid(input, choices.error, null) };
      return chain(rawValue(input, given, values, choices.value, render), (raw) =>
        judge(input, raw, choices.value, render),
      );
    });
  });
}

function isEnabled(
  { dependsOn }: Input,
  values: JsonObject,
  resolved: ReadonlyMap<string, ResolvedInput>,
  render: RenderWithInputs,
): MaybePromise<Result<boolean, string>> {
  if (dependsOn === undefined) return ok(true);
  if (dependsOn.inputs.some((id) => resolved.get(id)?.enabled === false)) return ok(false);
  if (dependsOn.condition === undefined) return ok(true);
  return chain(render(dependsOn.condition, values), (answer): Result<boolean, string> =>
    answer.ok ? ok(String(answer.value) === 'true') : fail(answer.error.message),
  );
}

function choicesOf(
  { properties }: Input,
  values: JsonObject,
  render: RenderWithInputs,
): MaybePromise<Result<string[] | undefined, string>> {
  const { expression, values: listed, options } = properties;
  const fixed = listed ?? options;
  if (Array.isArray(fixed)) return ok(fixed.map(shown));
  if (typeof expression !== 'string') return ok(undefined);
  return chain(render(expression, values), (answer): Result<string[], string> => {
    if (!answer.ok) return fail(answer.error.message);
    const list = typeof answer.value === 'string' ? parsedList(answer.value) : answer.value;
    return Array.isArray(list) ? ok(list.map(shown)) : fail('Invalid expression result. Expected a list of strings');
  });
}

function parsedList(text: string): Json {
  const parsed = parseValue('ARRAY', text, { itemType: 'STRING' });
  return parsed.ok ? parsed.value : null;
}

type Raw = Result<{ value: Json; isDefault: boolean }, string>;

function rawValue(
  input: Input,
  given: JsonObject,
  values: JsonObject,
  choices: string[] | undefined,
  render: RenderWithInputs,
): MaybePromise<Raw> {
  const own = givenFor(input, given);
  if (own !== undefined && own !== null) return ok({ value: own, isDefault: false });
  const byDefault = (value: Json): Raw => ok({ value, isDefault: true });
  const { defaults } = input;
  if (defaults === undefined || defaults === null) {
    const first = input.properties.autoSelectFirst === true ? choices?.[0] : undefined;
    return byDefault(first === undefined ? null : input.type === 'MULTISELECT' ? [first] : first);
  }
  if (typeof defaults !== 'string' || !hasTags(defaults)) return byDefault(defaults);
  return chain(render(defaults, values), (answer): Raw =>
    answer.ok ? byDefault(answer.value) : fail(answer.error.message),
  );
}

/** A form's children may be sent one by one, or as one map. */
function givenFor(input: Input, given: JsonObject): Json | undefined {
  if (Object.hasOwn(given, input.id)) return given[input.id];
  const nested = nestedValue(given, input.id);
  if (nested !== undefined || input.type !== 'FORM') return nested;
  const prefix = `${input.id}.`;
  const children = Object.entries(given).filter(([key]) => key.startsWith(prefix));
  return children.length === 0
    ? undefined
    : Object.fromEntries(children.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** A subflow is called with a map in which ids with dots are nested already. */
function nestedValue(given: JsonObject, id: string): Json | undefined {
  if (!id.includes('.')) return undefined;
  let at: Json | undefined = given;
  for (const part of id.split('.')) {
    if (!isJsonObject(at) || !Object.hasOwn(at, part)) return undefined;
    at = at[part];
  }
  return at;
}

function judge(
  input: Input,
  raw: Raw,
  choices: string[] | undefined,
  render: RenderWithInputs,
): MaybePromise<ResolvedInput> {
  const base = { input, enabled: true, choices };
  if (!raw.ok) return { ...base, isDefault: true, error: invalid(input, raw.error, null) };
  const { value, isDefault } = raw.value;
  if (input.type === 'FORM') return judgeForm(input, value, isDefault, render);
  const refuse = (message: string): ResolvedInput => ({ ...base, isDefault, error: invalid(input, message, value) });
  if (value === null) return input.required ? refuse('missing required input') : { ...base, isDefault, value: null };
  const parsed = parseValue(input.type, value, input.properties);
  if (!parsed.ok) return refuse(parsed.error);
  if (choices !== undefined && input.properties.allowCustomValue !== true && !isChosen(parsed.value, choices)) {
    return refuse(`it must match the values \`[${choices.join(', ')}]\``);
  }
  return { ...base, isDefault, value: parsed.value };
}

function isChosen(value: Json, choices: readonly string[]): boolean {
  return Array.isArray(value) ? value.every((item) => choices.includes(shown(item))) : choices.includes(shown(value));
}

function judgeForm(
  input: Input,
  value: Json,
  isDefault: boolean,
  render: RenderWithInputs,
): MaybePromise<ResolvedInput> {
  const parsed = parseValue('JSON', value ?? {}, {});
  if (!parsed.ok || !isJsonObject(parsed.value))
    return { input, enabled: true, isDefault, error: invalid(input, 'it must be a map', value) };
  return chain(resolveInputs(input.inputs ?? [], parsed.value, render), ({ values, errors }) => {
    const [error] = Object.values(errors);
    return error === undefined
      ? { input, enabled: true, isDefault, value: values }
      : { input, enabled: true, isDefault, error };
  });
}

function invalid({ id }: Input, message: string, value: Json): string {
  return `Invalid input for \`${id}\`, ${message}, but received \`${shown(value)}\``;
}

function setNested(values: JsonObject, id: string, value: Json): void {
  const parts = id.split('.');
  const last = parts.pop() ?? id;
  let at = values;
  for (const part of parts) {
    const next = Object.hasOwn(at, part) ? at[part] : undefined;
    if (isJsonObject(next)) at = next;
    else {
      const fresh: JsonObject = {};
      setOwn(at, part, fresh);
      at = fresh;
    }
  }
  setOwn(at, last, value);
}
