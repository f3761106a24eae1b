/** What can be written at a place. */
import { INPUT_TYPES } from '../../../../worker/src/flow/flow.ts';
import type { PropertySchema } from '../api/plugins.ts';
import { namesIn } from './flow-names.ts';
import { memberSchema, type TypeCatalogue, type TypeKind } from './type-catalogue.ts';
import type { Place, Scope } from './yaml-place.ts';

export interface Suggestion {
  label: string;
  kind: 'type' | 'property' | 'value' | 'variable' | 'function';
  /** Beside the label. */
  detail?: string;
  /** Below, in full. */
  text?: string;
  /** What is written, when it is more than the label. */
  insert?: string;
  deprecated?: boolean;
  required?: boolean;
}

const FLOW_MEMBERS: readonly [name: string, text: string, insert?: string][] = [
  ['id', 'The name of the flow, unique in its namespace.'],
  ['namespace', 'Groups flows; dots make a tree.'],
  ['description', 'What it is for.'],
  ['labels', 'Keys and values to find executions by.', 'labels:\n  '],
  ['inputs', 'Values that are asked for at the start.', 'inputs:\n  - id: '],
  ['variables', 'Values that expressions read as vars.', 'variables:\n  '],
  ['tasks', 'What runs, one after the other.', 'tasks:\n  - id: '],
  ['errors', 'Tasks that run when one has failed.', 'errors:\n  - id: '],
  ['finally', 'Tasks that run last, whatever the outcome.', 'finally:\n  - id: '],
  ['afterExecution', 'Tasks that run once the final state is known.', 'afterExecution:\n  - id: '],
  ['outputs', 'Values that the flow hands to whoever started it.', 'outputs:\n  - id: '],
  ['triggers', 'What starts the flow by itself.', 'triggers:\n  - id: '],
  ['pluginDefaults', 'Properties for all tasks of a type.', 'pluginDefaults:\n  - type: '],
  ['concurrency', 'How many executions may run at once.', 'concurrency:\n  limit: '],
  ['retry', 'How a failed execution is tried again.', 'retry:\n  type: '],
  ['sla', 'What the execution is held to.', 'sla:\n  - id: '],
  ['checks', 'Conditions before an execution may start.', 'checks:\n  - condition: '],
  ['disabled', 'True: it can not be started.'],
];

/** What every task takes beside the properties of its type. */
const TASK_MEMBERS: readonly [name: string, text: string][] = [
  ['description', 'What it is for.'],
  ['runIf', 'Expression; the task is skipped when it is false.'],
  ['retry', 'How a failed attempt is tried again.'],
  ['timeout', 'ISO duration after which an attempt fails.'],
  ['disabled', 'True: it is left out.'],
  ['allowFailure', 'True: the flow goes on with a warning when it fails.'],
  ['allowWarning', 'True: a warning of it counts as a success.'],
  ['logLevel', 'The least important lines that are kept.'],
];

/** The lists that hold tasks, whatever task they stand in. */
const TASK_LISTS = new Set(['tasks', 'errors', 'finally', 'afterExecution', 'then', 'else', 'defaults', 'task']);

export async function suggestionsAt(place: Place, source: string, catalogue: TypeCatalogue): Promise<Suggestion[]> {
  switch (place.kind) {
    case 'expression':
      return expressionSuggestions(place.before, source, catalogue);
    case 'key':
      return keySuggestions(place.scopes, catalogue);
    case 'value':
      return valueSuggestions(place.key, place.scopes, catalogue);
  }
}

async function keySuggestions(scopes: readonly Scope[], catalogue: TypeCatalogue): Promise<Suggestion[]> {
  const [here] = scopes;
  if (!here) return [];
  const isNew = ({ label }: Suggestion): boolean => !Object.hasOwn(here.members, label);
  if (scopes.length === 1) {
    return FLOW_MEMBERS.map(([label, text, insert]): Suggestion => ({
      label,
      kind: 'property',
      text,
      insert: insert ?? `${label}: `,
    })).filter(isNew);
  }
  if (here.isItem && here.members.type === undefined) {
    return [
      { label: 'id', kind: 'property' as const, insert: 'id: ', text: 'Its name in this flow.' },
      { label: 'type', kind: 'property' as const, insert: 'type: ', text: 'What it does.' },
    ].filter(isNew);
  }
  const schema = await schemaOf(scopes, catalogue);
  const properties = schema?.properties ?? {};
  const own = Object.entries(properties).map(([label, property]) =>
    propertySuggestion(label, property, schema?.required?.includes(label) ?? false),
  );
  const isTask = here.isItem && kindOf(here.under) === 'tasks';
  const shared = isTask ? TASK_MEMBERS.filter(([name]) => !Object.hasOwn(properties, name)).map(taskMember) : [];
  return [...own, ...shared].filter(isNew);
}

function taskMember([label, text]: readonly [string, string]): Suggestion {
  return { label, kind: 'property', detail: 'of every task', text, insert: `${label}: ` };
}

function propertySuggestion(label: string, property: PropertySchema, required: boolean): Suggestion {
  return {
    label,
    kind: 'property',
    detail: required ? 'required' : typeName(property),
    text: property.description ?? property.title,
    insert: `${label}: `,
    required,
  };
}

async function valueSuggestions(
  key: string,
  scopes: readonly Scope[],
  catalogue: TypeCatalogue,
): Promise<Suggestion[]> {
  const [here] = scopes;
  if (key === 'type' && here?.isItem) {
    if (here.under === 'inputs') return INPUT_TYPES.map((label) => ({ label, kind: 'value' }));
    const kind = kindOf(here.under);
    if (kind) return typeSuggestions(kind, catalogue);
  }
  const schema = await schemaOf(scopes, catalogue);
  const property = memberSchema({ schema: { properties: schema } }, [key]) ?? schema?.properties?.[key];
  if (property?.type === 'boolean') return ['true', 'false'].map((label) => ({ label, kind: 'value' }));
  const values = property?.enum ?? property?.anyOf?.flatMap((option) => option.enum ?? []) ?? [];
  return values.map((value) => ({ label: String(value), kind: 'value' }));
}

function kindOf(list: string | undefined): TypeKind | undefined {
  if (list === 'triggers') return 'triggers';
  if (list === 'conditions') return 'conditions';
  return list !== undefined && TASK_LISTS.has(list) ? 'tasks' : undefined;
}

async function typeSuggestions(kind: TypeKind, catalogue: TypeCatalogue): Promise<Suggestion[]> {
  const types = await catalogue.types(kind);
  return types.map(({ cls, title, deprecated }) => ({ label: cls, kind: 'type', detail: title, deprecated }));
}

/** The schema of the map around the cursor: that of the nearest typed map, followed inwards. */
async function schemaOf(scopes: readonly Scope[], catalogue: TypeCatalogue): Promise<PropertySchema | undefined> {
  const typed = scopes.findIndex(({ members, isItem, under }) => members.type !== undefined && isItem && kindOf(under));
  if (typed === -1) return undefined;
  const documentation = await catalogue.documentation(scopes[typed]?.members.type ?? '');
  const path = scopes
    .slice(0, typed)
    .map(({ under }) => under ?? '')
    .reverse();
  return memberSchema(documentation, path);
}

/** The type whose documentation belongs beside the cursor. */
export function typeAround(scopes: readonly Scope[]): string | undefined {
  return scopes.find(({ members, isItem, under }) => members.type && isItem && under !== 'inputs')?.members.type;
}

const ROOTS: readonly [name: string, text: string][] = [
  ['inputs', 'What the execution was started with.'],
  ['outputs', 'What the tasks before have put out.'],
  ['vars', 'The variables of the flow.'],
  ['execution', 'The execution: id, startDate, …'],
  ['flow', 'The flow: id, namespace, revision.'],
  ['task', 'The task: id, type.'],
  ['taskrun', 'The task run: id, startDate, value, iteration, …'],
  ['trigger', 'What started the execution.'],
  ['labels', 'The labels of the execution.'],
  ['namespace', 'Variables of the namespace.'],
  ['parent', 'The task run around this one.'],
];

const MEMBERS: Record<string, readonly string[]> = {
  execution: ['id', 'startDate', 'originalId', 'state'],
  flow: ['id', 'namespace', 'revision', 'tenantId'],
  task: ['id', 'type'],
  taskrun: ['id', 'startDate', 'parentId', 'value', 'iteration', 'attemptsCount'],
  trigger: ['date', 'next', 'previous', 'body', 'headers', 'parameters', 'executionId', 'flowId', 'namespace'],
  parent: ['taskrun', 'outputs'],
};

async function expressionSuggestions(before: string, source: string, catalogue: TypeCatalogue): Promise<Suggestion[]> {
  if (/\|\s*\w*$/.test(before)) return functions(await catalogue.filters());
  const path = /([\w.]+)\.\w*$/.exec(before)?.[1]?.split('.');
  if (!path) {
    const roots = ROOTS.map(([label, text]): Suggestion => ({ label, kind: 'variable', text }));
    return [...roots, ...functions(await catalogue.functions())];
  }
  const [root = '', name] = path;
  const names = namesIn(source);
  if (path.length === 1) {
    const own = { inputs: names.inputs, vars: names.variables, labels: names.labels, outputs: [...names.tasks.keys()] }[
      root
    ];
    return (own ?? MEMBERS[root] ?? []).map((label) => ({ label, kind: 'variable' }));
  }
  const type = root === 'outputs' && path.length === 2 && name !== undefined ? names.tasks.get(name) : undefined;
  if (type === undefined) return [];
  const outputs = (await catalogue.documentation(type))?.schema?.outputs?.properties ?? {};
  return Object.entries(outputs).map(([label, property]) => ({
    label,
    kind: 'variable',
    detail: typeName(property),
    text: property.description ?? property.title,
  }));
}

function functions(entries: readonly { name: string; description?: string }[]): Suggestion[] {
  return entries.map(({ name, description }) => ({ label: name, kind: 'function', text: description }));
}

export function typeName({ type, enum: values, items, anyOf, $ref }: PropertySchema): string {
  if (values) return 'one of a list';
  if (type === 'array') return items ? `list of ${typeName(items)}` : 'list';
  if (type === 'object') return 'map';
  if (Array.isArray(type)) return type.join(' or ');
  if (anyOf) return [...new Set(anyOf.map(typeName))].join(' or ');
  return type ?? ($ref ? 'map' : 'any');
}
