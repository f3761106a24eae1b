/** Which runners a task run goes to: its own choice, else that of the task whose directory it shares, else the flow's. */
import type { Execution, TaskRun } from '../engine/execution.ts';
import { taskOf } from '../engine/flow-index.ts';
import type { Flow, WorkerSelector } from '../flow/flow.ts';

export const DEFAULT_RUNNER_GROUP = 'default';

export function selectorOf(flow: Flow, execution: Execution, run: TaskRun): WorkerSelector | undefined {
  const around = run.parent === undefined ? undefined : execution.taskRuns.at(run.parent);
  const ofWorkspace = around?.workspace && taskOf(flow, around)?.workerSelector;
  return taskOf(flow, run)?.workerSelector ?? ofWorkspace ?? flow.workerSelector;
}

export function groupOf(flow: Flow, execution: Execution, run: TaskRun): string {
  return selectorOf(flow, execution, run)?.group ?? DEFAULT_RUNNER_GROUP;
}
