/** An execution as rows: a head, and one row for each chunk of task runs, of which only the changed ones are written. */
import { parseJson, stringifyJson } from '../protocol/json.ts';
import { Chunks } from './chunks.ts';
import type { Execution, TaskRun } from './execution.ts';

export interface EncodedExecution {
  head: string;
  /** The chunks that differ from the execution it was before. */
  chunks: { index: number; text: string }[];
}

export function encodeExecution(execution: Execution, previous?: Execution): EncodedExecution {
  const { taskRuns, ...head } = execution;
  const known = previous?.taskRuns.chunks ?? [];
  return {
    head: stringifyJson(head),
    chunks: taskRuns.chunks.flatMap((chunk, index) =>
      chunk === known[index] ? [] : [{ index, text: stringifyJson(chunk) }],
    ),
  };
}

/** The texts are our own, written by `encodeExecution`: they are trusted. */
export function decodeExecution(head: string, chunks: string[]): Execution {
  const taskRuns = Chunks.of(chunks.flatMap((text) => parseJson(text) as unknown as TaskRun[]));
  return { ...(parseJson(head) as unknown as Omit<Execution, 'taskRuns'>), taskRuns };
}
