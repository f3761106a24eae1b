/** What a runner group needs of the object that holds an execution; `ExecutionObject` has these methods. */
import type { JobStart } from '../protocol/runner.ts';

/** An attempt of a task run, seen from outside its execution. */
export interface AttemptRef {
  executionId: string;
  taskRun: number;
  attempt: number;
}

export interface ExecutionPort {
  /** A runner takes the attempt: records `task.started` and answers what to run. Asked only for jobs that were offered without a spec.
   *  A repeated call of the same runner gets the same answer. */
  startJob(attempt: AttemptRef, runnerId: string): Promise<JobStart>;
  /** Folds one ExecutionEvent, given as JSON text: outputs may hold numbers that do not survive RPC as values. */
  dispatch(executionId: string, eventJson: string): Promise<unknown>;
  /** Appends log entries (JSON text of RunnerLogEntry[]) whose first has this sequence number in its attempt; entries that are
   *  there already are left out. Answers the number that is expected next. */
  appendLogs(attempt: AttemptRef, firstSequence: number, entriesJson: string): Promise<number>;
  /** Stores the metrics of an ended attempt (JSON text of JobMetric[]). */
  appendMetrics(attempt: AttemptRef, metricsJson: string): Promise<void>;
}

/** The object with this id, as the port. */
export function executionPort(namespace: DurableObjectNamespace, objectId: string): ExecutionPort {
  return namespace.get(namespace.idFromString(objectId)) as unknown as ExecutionPort;
}
