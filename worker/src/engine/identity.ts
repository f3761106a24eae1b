/** Who a task run is, for its task, its logs and its files. */
import { taskRunId } from '../ids.ts';
import type { RunIdentity } from '../tasks/task.ts';
import type { Execution, TaskRun } from './execution.ts';
import { iterationPath } from './outputs.ts';

export function identityOf(tenant: string, execution: Execution, run: TaskRun): RunIdentity {
  return {
    tenant,
    namespace: execution.namespace,
    flowId: execution.flowId,
    flowRevision: execution.flowRevision,
    executionId: execution.id,
    taskId: run.taskId,
    taskRunId: taskRunId(execution.id, run.index),
    attempt: Math.max(1, run.attempts.length),
    iteration: iterationPath(execution, run),
  };
}
