/** Judges a history: nothing lost, nothing that was over done again, everything in order. */
import type { ChaosFlow } from './flows.ts';

/** Something that a task did outside, at a time (of the recorder's clock). */
export interface Mark {
  at: number;
  flow: string;
  execution: string;
  task: string;
}

export interface History {
  /** By the key with which each execution was asked for: the ids that its requests were answered with. */
  starts: ReadonlyMap<string, { flow: string; ids: ReadonlySet<string> }>;
  /** How each execution stands at the end. */
  ends: ReadonlyMap<string, { state: string; attempts: readonly (readonly string[])[] }>;
  marks: readonly Mark[];
}

export interface Verdict {
  executions: number;
  lost: string[];
  doubled: string[];
  disordered: string[];
}

export function check(history: History, flows: readonly ChaosFlow[]): Verdict {
  const verdict: Verdict = { executions: history.starts.size, lost: [], doubled: [], disordered: [] };
  const byExecution = Map.groupBy(history.marks, ({ execution }) => execution);
  const known = new Map(flows.map((flow) => [flow.id, flow]));
  for (const [key, { flow, ids }] of history.starts) {
    const [id, ...others] = ids;
    if (id === undefined) verdict.lost.push(`${key} was never started`);
    else checkExecution(id, known.get(flow), byExecution.get(id) ?? [], history, verdict);
    if (others.length > 0) verdict.doubled.push(`${key} started ${[...ids].join(' and ')}`);
  }
  const expected = new Set([...history.starts.values()].flatMap(({ ids }) => [...ids]));
  for (const [execution, [first]] of byExecution) {
    // Children are of the flow that others call; any other execution was started by a request that we know.
    if (!expected.has(execution) && first?.flow !== 'calls') verdict.doubled.push(`${execution} was started by nobody`);
  }
  return verdict;
}

function checkExecution(
  id: string,
  flow: ChaosFlow | undefined,
  marks: readonly Mark[],
  { ends }: History,
  { lost, doubled, disordered }: Verdict,
): void {
  const end = ends.get(id);
  if (end?.state !== 'SUCCESS') lost.push(`${flow?.id ?? '?'} ${id} is ${end?.state ?? 'unknown'}`);
  for (const attempts of end?.attempts ?? []) {
    if (attempts.filter((state) => state === 'SUCCESS').length > 1)
      doubled.push(`${id}: a task run succeeded in ${attempts.join(', ')}`);
  }
  let before = -Infinity;
  for (const [n, tasks] of (flow?.steps ?? []).entries()) {
    const times = marks.filter(({ task }) => tasks.includes(task)).map(({ at }) => at);
    const missing = tasks.filter((task) => !marks.some((mark) => mark.task === task));
    if (missing.length > 0) lost.push(`${flow?.id ?? '?'} ${id}: ${missing.join(', ')} never ran`);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    // A step that began when an earlier one was over: nothing of the earlier one may run from then on.
    if (first < before) disordered.push(`${id}: ${tasks.join(', ')} ran before or beside what comes before`);
    const pause = flow?.pauses?.[n] ?? 0;
    if (first - before < pause) disordered.push(`${id}: ${tasks.join(', ')} ran ${pause - (first - before)} ms early`);
    before = last;
  }
}
