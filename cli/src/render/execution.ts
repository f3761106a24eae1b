/** An execution for a person: its head, a line per task run, its outputs. */
import type { State } from '../../../worker/src/protocol/states.ts';
import { stringifyJson, type JsonObject } from '../../../worker/src/protocol/json.ts';
import type { Execution, TaskRun } from '../client/answers.ts';
import type { Colors } from '../terminal.ts';
import { renderDuration } from './duration.ts';

export function renderState(state: State, colors: Colors): string {
  switch (state) {
    case 'SUCCESS':
      return colors.green(state);
    case 'FAILED':
    case 'KILLED':
    case 'CANCELLED':
      return colors.red(state);
    case 'WARNING':
    case 'PAUSED':
    case 'RETRYING':
      return colors.yellow(state);
    case 'RUNNING':
    case 'KILLING':
      return colors.blue(state);
    default:
      return colors.dim(state);
  }
}

export function renderExecution(execution: Execution, colors: Colors): string {
  const { id, namespace, flowId, state, outputs, url } = execution;
  const lines = [
    `${colors.bold(`${namespace}/${flowId}`)} ${id} ${renderState(state.current, colors)} ${renderDuration(state.duration)}`,
    ...renderTaskRuns(execution.taskRunList, colors),
  ];
  if (outputs !== undefined && Object.keys(outputs).length > 0) lines.push('outputs:', ...renderValues(outputs));
  if (url !== undefined) lines.push(colors.dim(url));
  return lines.join('\n');
}

/** Children are indented under the task run that holds them. */
export function renderTaskRuns(taskRuns: TaskRun[], colors: Colors): string[] {
  const children = Map.groupBy(taskRuns, ({ parentTaskRunId }) => parentTaskRunId);
  const rows: { name: string; taskRun: TaskRun }[] = [];
  collect(undefined, 1);
  const width = Math.max(0, ...rows.map(({ name }) => name.length)) + 2;
  return rows.map(({ name, taskRun: { state, attempts } }) => {
    const tries = attempts.length > 1 ? colors.dim(` ${attempts.length} attempts`) : '';
    return `${name.padEnd(width)}${renderState(state.current, colors)} ${renderDuration(state.duration)}${tries}`;
  });

  function collect(parent: string | undefined, depth: number): void {
    for (const taskRun of children.get(parent) ?? []) {
      const value = taskRun.value === undefined ? '' : `[${shorten(taskRun.value, 40)}]`;
      rows.push({ name: `${'  '.repeat(depth)}${taskRun.taskId}${value}`, taskRun });
      collect(taskRun.id, depth + 1);
    }
  }
}

/** One line a value; long ones are cut, `--json` has them whole. */
export function renderValues(values: JsonObject): string[] {
  return Object.entries(values).map(([name, value]) => {
    const text = typeof value === 'string' ? value : stringifyJson(value);
    return `  ${name}: ${shorten(text.replaceAll('\n', '⏎'), 200)}`;
  });
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
