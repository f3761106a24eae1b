/** Rules between a task and its children, which only whoever sees both can check. */
import { dag } from '../tasks/flow/dag.ts';
import { subflow } from '../tasks/flow/subflow.ts';
import { workingDirectory } from '../tasks/flow/working-directory.ts';
import type { TaskDefinition } from '../tasks/task.ts';
import { findCycle } from './cycle.ts';
import type { Flow, Task } from './flow.ts';

export interface RuleContext {
  flow: Pick<Flow, 'id' | 'namespace'>;
  definitionOf(task: Task): TaskDefinition | undefined;
}

type Rule = (task: Task, context: RuleContext) => string[];

const RULES: Record<string, Rule> = {
  [dag.type]: dependenciesExist,
  [workingDirectory.type]: childrenAreRunnable,
  [subflow.type]: doesNotCallItself,
};

/** What is wrong with a task, each text beginning with its id. */
export function brokenTaskRules(task: Task, context: RuleContext): string[] {
  const rule = Object.hasOwn(RULES, task.type) ? RULES[task.type] : undefined;
  return rule === undefined ? [] : rule(task, context).map((message) => `${task.id}: ${message}`);
}

function dependenciesExist(task: Task): string[] {
  const edges = new Map(Object.entries(task.dependsOn ?? {}));
  const ids = new Set((task.lists.tasks ?? []).map((child) => child.id));
  const missing = [...edges.values()].flat().filter((id) => !ids.has(id));
  const cycle = findCycle(edges);
  return [
    ...(missing.length === 0 ? [] : [`Not existing task id in dependency: ${[...new Set(missing)].join(', ')}`]),
    ...(cycle === undefined ? [] : [`Cyclic dependency detected: ${cycle.join(', ')}`]),
  ];
}

function childrenAreRunnable(task: Task, { definitionOf }: RuleContext): string[] {
  const children = task.lists.tasks ?? [];
  const problems: string[] = [];
  if (children.some((child) => !isRunnable(definitionOf(child)))) {
    problems.push('Only runnable tasks are allowed as children of a WorkingDirectory task');
  }
  if (children.some((child) => child.workerSelector !== undefined)) {
    problems.push('A child of a WorkingDirectory task cannot select a runner: set it on the WorkingDirectory task');
  }
  return problems;
}

/** A task that does its work itself, instead of deciding which others run. */
export function isRunnable(definition: TaskDefinition | undefined): boolean {
  return definition === undefined || definition.kind !== 'structural' || definition.runnable === true;
}

function doesNotCallItself(task: Task, { flow }: RuleContext): string[] {
  const { namespace, flowId } = task.properties;
  return namespace === flow.namespace && flowId === flow.id
    ? [`Recursive call to flow [${flow.namespace}.${flow.id}]`]
    : [];
}
