/** What crosses between the object that holds an execution and the Worker that runs its edge tasks. Values travel as JSON text:
 *  large and exact numbers do not survive RPC as they are. */
import type { StoredLine, StoredMetric } from '../objects/journal.ts';
import type { RunIdentity } from '../tasks/task.ts';
import type { TenantRecord } from '../tenant.ts';
import type { TaskFinished } from '../engine/event.ts';

export interface EdgeCall {
  tenant: TenantRecord;
  identity: RunIdentity;
  /** The task's index in its execution. */
  taskRun: number;
  type: string;
  /** JSON text of the rendered input. */
  input: string;
  /** Executions whose files it may read. */
  related: string[];
  /** How many executions have called each other before this one. */
  depth: number;
}

/** JSON text crosses; this is what it holds. */
export type EdgeAnswer = Pick<TaskFinished, 'state' | 'outputs' | 'labels' | 'variables' | 'exit'> & {
  lines: StoredLine[];
  metrics: StoredMetric[];
};

/** What an edge task may ask of its execution's object while it runs. */
export interface EdgeHost {
  /** Renders a value with the execution's variables. JSON text of `{value, extra}` in, of a Result out. */
  render(request: string): Promise<string>;
  /** Log lines of a task that takes long, before its answer. JSON text of StoredLine[]. */
  log(lines: string): Promise<void>;
  /** Resolves when the task must stop. */
  stopped(): Promise<string>;
}
