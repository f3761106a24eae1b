/** A flow's value -> Flow. Reads everything, reports everything; a part that is wrong is left out of the result, which is
 *  therefore only to be used when no finding is an error. */
import { TASKS_PER_FLOW_MAX } from '../limits.ts';
import { parseDuration } from '../protocol/duration.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { LogLevel, State } from '../protocol/states.ts';
import { partDefinitions, taskDefinitions } from '../tasks/registry.ts';
import type { Mark } from '../tasks/properties.ts';
import type { TaskDefinition } from '../tasks/task.ts';
import { conditionDefinitions, triggerDefinitions } from '../triggers/registry.ts';
import { Checker } from './checker.ts';
import type { Finding } from './checker.ts';
import type { CompileOptions } from './compile.ts';
import { findCycle } from './cycle.ts';
import type { Path } from './diagnostic.ts';
import { INPUT_TYPES } from './flow.ts';
import type {
  Check,
  Condition,
  Flow,
  FlowOutput,
  Input,
  InputType,
  Label,
  PluginDefault,
  Retry,
  Sla,
  Task,
  TaskKind,
  Trigger,
  WorkerSelector,
} from './flow.ts';
import { INPUT_SHAPES, InputBase } from './input-schema.ts';
import { READ_ONLY_LABEL, readLabels } from './labels.ts';
import { injectDefaults } from './plugin-defaults.ts';
import { FlowSource, RESERVED_FLOW_IDS, TaskBase, TriggerBase } from './schema.ts';
import { suggest } from '../tasks/suggest.ts';
import { brokenTaskRules } from './task-rules.ts';
import { shortName, TypeNames } from './type-names.ts';

export const taskTypes = new TypeNames<TaskDefinition>([...taskDefinitions, ...partDefinitions]);
export const triggerTypes = new TypeNames(triggerDefinitions);
export const conditionTypes = new TypeNames(conditionDefinitions);

/** The short, current name of a type; a name that nobody knows only loses its prefix. */
export function canonicalType(name: string): string {
  const definition = taskTypes.find(name) ?? triggerTypes.find(name) ?? conditionTypes.find(name);
  return definition?.type ?? shortName(name);
}

const TASK_BASE_NAMES: ReadonlySet<string> = new Set(Object.keys(TaskBase.shape));
const TRIGGER_BASE_NAMES: ReadonlySet<string> = new Set(Object.keys(TriggerBase.shape));
const INPUT_BASE_NAMES: ReadonlySet<string> = new Set(Object.keys(InputBase.shape));

export interface FlowReading {
  flow: Flow;
  findings: Finding[];
}

export function readFlow(source: JsonObject, options: CompileOptions = {}): FlowReading {
  return new FlowReader(options).flow(source);
}

/** Where a task runs whose files are on a runner. */
export function kindInWorkspace({ type, kind }: Pick<Task, 'type' | 'kind'>): TaskKind {
  const definition = taskTypes.find(type);
  return definition?.kind === 'edge' && definition.job ? 'runner' : kind;
}

/** A task alone, as an editor checks it and a TemplatedTask renders it. */
export function readTask(source: JsonObject): { task?: Task; findings: Finding[] } {
  const reader = new FlowReader({});
  return { task: reader.task(source, []), findings: reader.findings };
}

export function readTrigger(source: JsonObject): { trigger?: Trigger; findings: Finding[] } {
  const reader = new FlowReader({});
  return { trigger: reader.trigger(source, []), findings: reader.findings };
}

/** Definitions of inputs outside a flow's own: `onResume` of a Pause. */
export function readInputs(source: Json): { inputs: Input[]; findings: Finding[] } {
  const reader = new FlowReader({});
  return { inputs: reader.inputs(source, []), findings: reader.findings };
}

class FlowReader {
  readonly findings: Finding[] = [];
  readonly #options: CompileOptions;
  #injected: ReadonlyMap<JsonObject, ReadonlySet<string>> = new Map();
  readonly #checker: Checker;
  /** The task whose members are being read: its child tasks are put here. */
  #owner: { lists: Record<string, Task[]>; dependsOn?: Record<string, string[]> } = { lists: {} };
  #taskCount = 0;
  readonly #taskIds = new Ids();

  constructor(options: CompileOptions) {
    this.#options = options;
    this.#checker = new Checker(
      (finding) => this.findings.push(finding),
      {
        tasks: (value, path, mark, name) => this.#childTasks(value, path, mark, name),
        inputs: (value, path) => {
          this.inputs(value, path);
          return value;
        },
        labels: (value, path) => {
          this.#labels(value, path);
          return value;
        },
      },
      (map, name) => this.#injected.get(map)?.has(name) === true,
    );
  }

  flow(original: JsonObject): FlowReading {
    const defaults = this.#pluginDefaults(original);
    const { inputs: _inputs, pluginDefaults: _own, taskDefaults: _old, ...rest } = original;
    const { namespace } = original;
    const outer = typeof namespace === 'string' ? this.#options.pluginDefaults?.(namespace) : undefined;
    const { value, injected } = injectDefaults(rest, defaults, outer ?? [], canonicalType);
    this.#injected = injected;
    const source = { ...original, ...(isJsonObject(value) ? value : {}) };

    const { labels: _labels, ...unlabelled } = source;
    const members = this.#checker.members(unlabelled, FlowSource, []);
    const inputs = this.inputs(source.inputs ?? null, ['inputs']);
    const flow: Flow = {
      id: textOr(source.id, ''),
      namespace: textOr(source.namespace, ''),
      revision: this.#options.revision ?? 1,
      description: text(members.description),
      disabled: isTrue(members.disabled),
      draft: isTrue(members.draft),
      labels: this.#labels(source.labels ?? null, ['labels'], [READ_ONLY_LABEL]),
      inputs,
      variables: isJsonObject(members.variables) ? members.variables : {},
      tasks: this.#taskList(source.tasks ?? null, ['tasks']),
      errors: this.#taskList(source.errors ?? null, ['errors']),
      finally: this.#taskList(source.finally ?? null, ['finally']),
      afterExecution: this.#taskList(source.afterExecution ?? null, ['afterExecution']),
      outputs: this.#outputs(source.outputs ?? null),
      triggers: this.#triggers(source.triggers ?? null),
      pluginDefaults: defaults,
      concurrency: concurrency(members.concurrency),
      retry: toRetry(members.retry),
      sla: this.#sla(members.sla),
      checks: checks(members.checks),
      workerSelector: workerSelector(members.workerSelector, members.workerGroup),
    };
    this.#listeners(source.listeners ?? null);
    if ((source.tasks ?? null) === null || (Array.isArray(source.tasks) && source.tasks.length === 0)) {
      this.#checker.error('required', ['tasks'], 'must not be empty');
    }
    if (RESERVED_FLOW_IDS.has(flow.id)) {
      this.#checker.error(
        'reserved-id',
        ['id'],
        `The flow id '${flow.id}' is reserved: it is a word of the API's paths. Choose another one.`,
      );
    }
    this.#reportDuplicates(this.#taskIds, (ids) => `Duplicate task id with name [${ids}]`);
    for (const [list, tasks] of Object.entries({
      tasks: flow.tasks,
      errors: flow.errors,
      finally: flow.finally,
      afterExecution: flow.afterExecution,
    })) {
      this.#checkRules(tasks, flow, [list]);
    }
    return { flow, findings: this.findings };
  }

  task(source: Json, path: Path): Task | undefined {
    if (++this.#taskCount > TASKS_PER_FLOW_MAX) {
      if (this.#taskCount === TASKS_PER_FLOW_MAX + 1) {
        this.#checker.error(
          'limit',
          path,
          `The flow has more than ${TASKS_PER_FLOW_MAX} tasks. Split it into subflows.`,
        );
      }
      return undefined;
    }
    if (!isJsonObject(source)) {
      this.#checker.error('wrong-type', path, 'A task must be a map with an id and a type.');
      return undefined;
    }
    const base = this.#checker.members(pick(source, TASK_BASE_NAMES), TaskBase.omit({ type: true }), path, {
      known: ONLY_TYPE,
    });
    const id = text(base.id) ?? '';
    if (typeof source.id === 'string') this.#taskIds.add(source.id, [...path, 'id']);
    const definition = this.#checker.definition(taskTypes, source, path);
    if (definition === undefined) return undefined;

    const outer = this.#owner;
    const owner: typeof outer = { lists: {} };
    this.#owner = owner;
    const properties = this.#checker.members(source, definition.input, path, {
      typeName: String(source.type),
      known: TASK_BASE_NAMES,
    });
    this.#owner = outer;
    this.#checker.rules(definition.input, source, path, `${id}: `);

    const task: Task = {
      id,
      type: definition.type,
      sourceType: String(source.type),
      kind: definition.kind,
      description: text(base.description),
      disabled: isTrue(base.disabled),
      runIf: text(base.runIf) ?? text(base.when),
      timeout: text(base.timeout),
      retry: toRetry(base.retry),
      allowFailure: isTrue(base.allowFailure),
      allowWarning: isTrue(base.allowWarning),
      logLevel: text(base.logLevel) as LogLevel | undefined,
      logToFile: isTrue(base.logToFile),
      taskCache: isJsonObject(base.taskCache)
        ? { enabled: isTrue(base.taskCache.enabled), ttl: text(base.taskCache.ttl) }
        : undefined,
      workerSelector: workerSelector(base.workerSelector, base.workerGroup),
      onRunnerLost: base.onRunnerLost === 'fail' ? 'fail' : 'retry',
      delivery: base.delivery === 'atMostOnce' ? 'atMostOnce' : 'atLeastOnce',
      via: text(base.via),
      properties,
      lists: owner.lists,
      dependsOn: owner.dependsOn,
    };
    if (definition.kind === 'structural' && definition.children) task.lists.tasks = definition.children(task);
    if (definition.kind === 'structural' && definition.job)
      for (const child of task.lists.tasks ?? []) child.kind = kindInWorkspace(child);
    return task;
  }

  trigger(source: Json, path: Path): Trigger | undefined {
    if (!isJsonObject(source)) {
      this.#checker.error('wrong-type', path, 'A trigger must be a map with an id and a type.');
      return undefined;
    }
    const base = this.#checker.members(
      pick(source, TRIGGER_BASE_NAMES),
      TriggerBase.omit({ type: true, labels: true }),
      path,
      { known: TYPE_AND_LABELS },
    );
    const definition = this.#checker.definition(triggerTypes, source, path);
    const conditions = Array.isArray(base.conditions)
      ? base.conditions.map((item, index) => this.#condition(item, [...path, 'conditions', index]))
      : [];
    const labels = this.#labels(source.labels ?? null, [...path, 'labels']);
    if (definition === undefined) return undefined;
    const properties = this.#checker.members(source, definition.input, path, {
      typeName: String(source.type),
      known: TRIGGER_BASE_NAMES,
    });
    this.#checker.rules(definition.input, source, path);
    const { scheduleConditions, ...own } = properties;
    if (definition.warn !== undefined) {
      const message = definition.warn(source);
      if (message !== undefined) this.findings.push({ severity: 'warning', code: 'rule', path, message });
    }
    return {
      id: text(base.id) ?? '',
      type: definition.type,
      disabled: isTrue(base.disabled),
      when: text(base.when),
      conditions: [
        ...conditions,
        ...(Array.isArray(scheduleConditions) ? scheduleConditions.map(toCondition) : []),
      ].filter((condition) => condition !== undefined),
      inputs: isJsonObject(base.inputs) ? base.inputs : undefined,
      labels,
      stopAfter: Array.isArray(base.stopAfter) ? (base.stopAfter as State[]) : [],
      logLevel: (text(base.logLevel) ?? text(base.minLogLevel)) as LogLevel | undefined,
      allowConcurrent: isTrue(base.allowConcurrent),
      properties: own,
    };
  }

  inputs(value: Json, path: Path): Input[] {
    if (value === null) return [];
    if (!Array.isArray(value)) {
      this.#checker.error('wrong-type', path, 'must be a list of inputs');
      return [];
    }
    const ids = new Ids();
    const inputs: Input[] = [];
    for (const [index, item] of value.entries()) {
      const input = this.#input(item, [...path, index], ids);
      if (input !== undefined) inputs.push(input);
    }
    this.#reportDuplicates(ids, (names) => `Duplicate input with name [${names}]`);
    this.#inputDependencies(inputs, path);
    return inputs;
  }

  #input(source: Json, path: Path, ids: Ids): Input | undefined {
    if (!isJsonObject(source)) {
      this.#checker.error('wrong-type', path, 'An input must be a map with an id and a type.');
      return undefined;
    }
    const base = this.#checker.members(pick(source, INPUT_BASE_NAMES), InputBase.omit({ type: true }), path, {
      known: ONLY_TYPE,
    });
    const id = source.id ?? source.name ?? null;
    if (id === null) this.#checker.error('required', [...path, 'id'], 'must not be null');
    else if (typeof id === 'string') ids.add(id, [...path, Object.hasOwn(source, 'id') ? 'id' : 'name']);
    const type = source.type ?? null;
    const shape =
      typeof type === 'string' && Object.hasOwn(INPUT_SHAPES, type) ? INPUT_SHAPES[type as InputType] : undefined;
    if (shape === undefined) {
      const suggestion = suggest(String(type), INPUT_TYPES);
      if (type === null) this.#checker.error('required', [...path, 'type'], 'must not be null');
      else
        this.#checker.error(
          'unknown-type',
          [...path, 'type'],
          `Invalid type: ${String(type)}`,
          suggestion === undefined ? {} : { suggestion },
        );
      return undefined;
    }
    const properties = this.#checker.members(source, shape, path, {
      typeName: `${String(type)} input`,
      known: INPUT_BASE_NAMES,
    });
    this.#checker.rules(shape, source, path);
    if (base.defaults !== undefined && base.prefill !== undefined) {
      this.#checker.error('rule', [...path, 'prefill'], '`prefill` cannot be combined with `defaults`');
    }
    const children = type === 'FORM' ? this.inputs(source.inputs ?? null, [...path, 'inputs']) : undefined;
    const dependsOn = isJsonObject(base.dependsOn) ? base.dependsOn : undefined;
    return {
      id: text(id) ?? '',
      type: type as InputType,
      description: text(base.description),
      displayName: text(base.displayName),
      required: base.required !== false && base.required !== 'false',
      defaults: base.defaults,
      prefill: base.prefill,
      dependsOn: dependsOn && {
        inputs: texts(dependsOn.inputs),
        condition: text(dependsOn.condition) ?? text(dependsOn.when),
      },
      inputs: children,
      properties,
    };
  }

  #inputDependencies(inputs: Input[], path: Path): void {
    const known = new Set(inputs.map((input) => input.id));
    const edges = new Map<string, string[]>();
    for (const [index, { id, dependsOn }] of inputs.entries()) {
      edges.set(id, dependsOn?.inputs ?? []);
      for (const wanted of dependsOn?.inputs ?? []) {
        if (known.has(wanted)) continue;
        const suggestion = suggest(wanted, known);
        this.#checker.error(
          'unknown-reference',
          [...path, index, 'dependsOn', 'inputs'],
          `The input '${id}' depends on the input '${wanted}', which does not exist`,
          suggestion === undefined ? {} : { suggestion },
        );
      }
    }
    const cycle = findCycle(edges);
    if (cycle !== undefined)
      this.#checker.error('cycle', path, `Cyclic dependency between inputs: ${cycle.join(', ')}`);
  }

  #triggers(value: Json): Trigger[] {
    if (value === null) return [];
    if (!Array.isArray(value)) {
      this.#checker.error('wrong-type', ['triggers'], 'must be a list of triggers');
      return [];
    }
    const ids = new Ids();
    const triggers: Trigger[] = [];
    for (const [index, item] of value.entries()) {
      const trigger = this.trigger(item, ['triggers', index]);
      if (trigger !== undefined) triggers.push(trigger);
      if (isJsonObject(item) && typeof item.id === 'string') ids.add(item.id, ['triggers', index, 'id']);
    }
    this.#reportDuplicates(ids, (names) => `Duplicate trigger id with name [${names}]`);
    return triggers;
  }

  #condition(value: Json, path: Path): Condition | undefined {
    // Conditions that count over several executions carry an id of their own.
    const read = this.#checker.extension(conditionDefinitions, value, path);
    return read === undefined ? undefined : toCondition(read);
  }

  #outputs(value: Json): FlowOutput[] {
    if (!Array.isArray(value)) return [];
    const ids = new Ids();
    const outputs: FlowOutput[] = [];
    for (const [index, item] of value.entries()) {
      if (!isJsonObject(item)) continue;
      const path = ['outputs', index];
      if (typeof item.id === 'string') ids.add(item.id, [...path, 'id']);
      const type = item.type ?? null;
      if (type !== null && !(INPUT_TYPES as readonly Json[]).includes(type)) {
        const suggestion = suggest(String(type), INPUT_TYPES);
        this.#checker.error(
          'unknown-type',
          [...path, 'type'],
          `Invalid type: ${String(type)}`,
          suggestion === undefined ? {} : { suggestion },
        );
      }
      outputs.push({
        id: text(item.id) ?? '',
        type: (type ?? undefined) as InputType | undefined,
        value: item.value ?? null,
        required: item.required !== false,
        description: text(item.description),
        displayName: text(item.displayName),
      });
    }
    this.#reportDuplicates(ids, (names) => `Duplicate output with name [${names}]`);
    return outputs;
  }

  #listeners(value: Json): void {
    if (!Array.isArray(value) || value.length === 0) return;
    this.findings.push({
      severity: 'deprecation',
      code: 'deprecated',
      path: ['listeners'],
      atKey: true,
      message: '`listeners` are checked but not run: move their tasks to `afterExecution`.',
    });
    for (const [index, listener] of value.entries()) {
      if (!isJsonObject(listener)) continue;
      this.#taskList(listener.tasks ?? null, ['listeners', index, 'tasks']);
      for (const [place, condition] of (Array.isArray(listener.conditions) ? listener.conditions : []).entries()) {
        this.#condition(condition, ['listeners', index, 'conditions', place]);
      }
    }
  }

  #pluginDefaults(source: JsonObject): PluginDefault[] {
    const defaults: PluginDefault[] = [];
    for (const name of ['pluginDefaults', 'taskDefaults']) {
      const list = source[name];
      if (!Array.isArray(list)) continue;
      for (const [index, entry] of list.entries()) {
        if (!isJsonObject(entry) || typeof entry.type !== 'string' || !isJsonObject(entry.values)) continue;
        defaults.push({ type: canonicalType(entry.type), forced: isTrue(entry.forced), values: entry.values });
        this.#checkDefaultValues(entry.type, entry.values, [name, index, 'values']);
      }
    }
    return defaults;
  }

  /** Only a complete type name says which properties there are. */
  #checkDefaultValues(type: string, values: JsonObject, path: Path): void {
    const isTask = taskTypes.find(type) !== undefined;
    const definition = taskTypes.find(type) ?? triggerTypes.find(type) ?? conditionTypes.find(type);
    if (definition === undefined) return;
    const base = isTask ? TaskBase.shape : TriggerBase.shape;
    for (const name of Object.keys(values)) {
      if (Object.hasOwn(base, name) || Object.hasOwn(definition.input.shape, name)) continue;
      const suggestion = suggest(name, [...Object.keys(definition.input.shape), ...Object.keys(base)]);
      this.#checker.error('unknown-property', [...path, name], `Unrecognized field "${name}" (class ${type})`, {
        atKey: true,
        ...(suggestion === undefined ? {} : { suggestion }),
      });
    }
  }

  #taskList(value: Json, path: Path): Task[] {
    if (value === null) return [];
    if (!Array.isArray(value)) {
      this.#checker.error('wrong-type', path, 'must be a list of tasks');
      return [];
    }
    const tasks: Task[] = [];
    for (const [index, item] of value.entries()) {
      const task = this.task(item, [...path, index]);
      if (task !== undefined) tasks.push(task);
    }
    return tasks;
  }

  #childTasks(value: Json, path: Path, { shape, required }: NonNullable<Mark['tasks']>, name: string): void {
    const owner = this.#owner;
    if (required && (value === null || (Array.isArray(value) && value.length === 0))) {
      this.#checker.error('required', path, 'must not be empty');
      return;
    }
    if (value === null) return;
    if (shape === 'list') owner.lists[name] = this.#taskList(value, path);
    else if (shape === 'dag') this.#dagTasks(value, path, owner);
    else if (!isJsonObject(value)) this.#checker.error('wrong-type', path, 'must be a map of lists of tasks');
    else {
      for (const [key, list] of Object.entries(value))
        owner.lists[`${name}.${key}`] = this.#taskList(list, [...path, key]);
    }
  }

  #dagTasks(
    value: Json,
    path: Path,
    owner: { lists: Record<string, Task[]>; dependsOn?: Record<string, string[]> },
  ): void {
    if (!Array.isArray(value))
      return this.#checker.error('wrong-type', path, 'must be a list of `task` and `dependsOn`');
    const tasks: Task[] = [];
    const dependsOn: Record<string, string[]> = {};
    for (const [index, item] of value.entries()) {
      const place = [...path, index];
      if (!isJsonObject(item)) {
        this.#checker.error('wrong-type', place, 'must be a map with `task` and `dependsOn`');
        continue;
      }
      for (const name of Object.keys(item)) {
        if (name === 'task' || name === 'dependsOn') continue;
        this.#checker.error(
          'unknown-property',
          [...place, name],
          `Unrecognized field "${name}". A Dag holds maps with \`task\` and \`dependsOn\`.`,
          { atKey: true },
        );
      }
      if ((item.task ?? null) === null) {
        this.#checker.error('required', [...place, 'task'], 'must not be null');
        continue;
      }
      const task = this.task(item.task ?? null, [...place, 'task']);
      if (task === undefined) continue;
      tasks.push(task);
      if (Array.isArray(item.dependsOn)) dependsOn[task.id] = texts(item.dependsOn);
    }
    owner.lists.tasks = tasks;
    owner.dependsOn = dependsOn;
  }

  #checkRules(tasks: Task[], flow: Flow, path: Path): void {
    for (const [index, task] of tasks.entries()) {
      const place = [...path, index];
      for (const message of brokenTaskRules(task, { flow, definitionOf: (child) => taskTypes.find(child.type) })) {
        this.#checker.error('rule', place, message);
      }
      for (const [list, children] of Object.entries(task.lists))
        this.#checkRules(children, flow, [...place, ...list.split('.')]);
    }
  }

  #labels(value: Json, path: Path, allow: readonly string[] = []): Label[] {
    if (value === null) return [];
    const { labels, problems } = readLabels(value, { allow });
    for (const problem of problems) this.#checker.error('rule', [...path, ...problem.path], problem.message);
    return labels;
  }

  #sla(value: Json | undefined): Sla[] {
    if (!Array.isArray(value)) return [];
    return value.filter(isJsonObject).map((item) => {
      const shared = {
        id: text(item.id) ?? '',
        behavior: (text(item.behavior) ?? 'FAIL') as Sla['behavior'],
        labels: item.labels === undefined ? [] : readLabels(item.labels).labels,
      };
      return item.type === 'MAX_DURATION'
        ? { ...shared, type: 'MAX_DURATION', durationMs: toMs(item.duration) ?? 0 }
        : { ...shared, type: 'EXECUTION_ASSERTION', assertion: text(item.assert) ?? '' };
    });
  }

  #reportDuplicates(ids: Ids, message: (names: string) => string): void {
    const duplicates = ids.duplicates();
    const names = duplicates.map(({ id }) => id).join(', ');
    for (const { paths } of duplicates)
      for (const path of paths.slice(1)) this.#checker.error('duplicate-id', path, message(names));
  }
}

/** Ids with the places where they stand. */
class Ids {
  readonly #paths = new Map<string, Path[]>();

  add(id: string, path: Path): void {
    const paths = this.#paths.get(id);
    if (paths === undefined) this.#paths.set(id, [path]);
    else paths.push(path);
  }

  duplicates(): { id: string; paths: Path[] }[] {
    return [...this.#paths].filter(([, paths]) => paths.length > 1).map(([id, paths]) => ({ id, paths }));
  }
}

const ONLY_TYPE: ReadonlySet<string> = new Set(['type']);
const TYPE_AND_LABELS: ReadonlySet<string> = new Set(['type', 'labels']);

function pick(source: JsonObject, names: ReadonlySet<string>): JsonObject {
  const picked: JsonObject = {};
  for (const name of names) if (Object.hasOwn(source, name)) picked[name] = source[name] ?? null;
  return picked;
}

function toCondition(read: Json): Condition | undefined {
  if (!isJsonObject(read)) return undefined;
  const { type, ...properties } = read;
  return { type: String(type), properties };
}

function toRetry(value: Json | undefined): Retry | undefined {
  if (!isJsonObject(value)) return undefined;
  const shared = {
    behavior:
      value.behavior === 'CREATE_NEW_EXECUTION' ? ('CREATE_NEW_EXECUTION' as const) : ('RETRY_FAILED_TASK' as const),
    warningOnRetry: isTrue(value.warningOnRetry),
    attemptsMax: number(value.maxAttempts ?? value.maxAttempt),
    durationMsMax: toMs(value.maxDuration),
  };
  switch (value.type) {
    case 'constant':
      return { ...shared, type: 'constant', intervalMs: toMs(value.interval) ?? 0 };
    case 'exponential':
      return {
        ...shared,
        type: 'exponential',
        intervalMs: toMs(value.interval) ?? 0,
        intervalMsMax: toMs(value.maxInterval) ?? 0,
        delayFactor: number(value.delayFactor) ?? 2,
      };
    case 'random':
      return {
        ...shared,
        type: 'random',
        intervalMsMin: toMs(value.minInterval) ?? 0,
        intervalMsMax: toMs(value.maxInterval) ?? 0,
      };
    default:
      return undefined;
  }
}

function workerSelector(selector: Json | undefined, group: Json | undefined): WorkerSelector | undefined {
  if (isJsonObject(selector)) {
    return {
      tags: texts(selector.tags),
      match: selector.match === 'ANY' ? 'ANY' : 'ALL',
      fallback: (text(selector.fallback) ?? 'WAIT') as WorkerSelector['fallback'],
    };
  }
  if (!isJsonObject(group)) return undefined;
  return {
    group: text(group.key),
    tags: [],
    match: 'ALL',
    fallback: (text(group.fallback) ?? 'WAIT') as WorkerSelector['fallback'],
  };
}

function concurrency(value: Json | undefined): Flow['concurrency'] {
  if (!isJsonObject(value)) return undefined;
  return { limit: number(value.limit) ?? 1, behavior: (text(value.behavior) ?? 'QUEUE') as 'QUEUE' };
}

function checks(value: Json | undefined): Check[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isJsonObject).map((item) => ({
    condition: text(item.condition) ?? text(item.when) ?? '',
    message: text(item.message) ?? '',
    style: (text(item.style) ?? 'INFO') as Check['style'],
    behavior: (text(item.behavior) ?? 'BLOCK_EXECUTION') as Check['behavior'],
  }));
}

function text(value: Json | undefined): string | undefined {
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

function textOr(value: Json | undefined, other: string): string {
  return text(value) ?? other;
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map((item) => text(item) ?? '') : [];
}

function number(value: Json | undefined): number | undefined {
  return value === undefined || value === null ? undefined : Number(value);
}

function isTrue(value: Json | undefined): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
}

/** A number is seconds, as everywhere where a duration is expected. */
function toMs(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value * 1000;
  return typeof value === 'string' ? parseDuration(value) : undefined;
}
