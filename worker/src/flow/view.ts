/** A flow as the API's JSON: everything its source says, in the words of its source, so that YAML can be rebuilt from it. */
import { isJsonObject } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { Flow } from './flow.ts';
import { readLabels } from './labels.ts';
import { parseYaml, setOwn } from './yaml.ts';

export interface FlowViewOptions {
  /** Put the source itself into the answer. */
  withSource?: boolean;
  updated?: string;
  deleted?: boolean;
}

/** Members that have another name today. */
const RENAMED: Readonly<Record<string, string>> = { taskDefaults: 'pluginDefaults' };

/** `flow` tells what the source leaves to defaults. */
export function flowView(
  flow: Pick<Flow, 'id' | 'namespace' | 'revision' | 'disabled' | 'draft'>,
  source: string,
  options: FlowViewOptions = {},
): JsonObject {
  const { value } = parseYaml(source);
  const view: JsonObject = {
    id: flow.id,
    namespace: flow.namespace,
    revision: flow.revision,
    disabled: flow.disabled,
    deleted: options.deleted ?? false,
  };
  if (flow.draft) view.draft = true;
  if (options.updated !== undefined) view.updated = options.updated;
  for (const [name, member] of Object.entries(isJsonObject(value) ? value : {})) {
    if (member === null || Object.hasOwn(view, name) || name === 'draft' || name === 'source') continue;
    setOwn(
      view,
      RENAMED[name] ?? name,
      name === 'labels' ? labelList(member) : name === 'inputs' ? inputList(member) : member,
    );
  }
  if (options.withSource === true) view.source = source;
  return view;
}

function labelList(value: Json): Json {
  return readLabels(value, { allow: ['system.readOnly'] }).labels.map(({ key, value: text }) => ({ key, value: text }));
}

/** `name` is what the id of an input was called before. */
function inputList(value: Json): Json {
  if (!Array.isArray(value)) return value;
  return value.map((input) => {
    if (!isJsonObject(input) || !Object.hasOwn(input, 'name')) return input;
    const { name, ...rest } = input;
    return { id: rest.id ?? name ?? null, ...rest };
  });
}
