/** The rounds of a Loop: worlds of their own inside one execution.
 *   L1. A task run sees those of its own round and of what is around the loop; nothing outside sees into a round.
 *   L2. A round is over when what it gives is rendered; a failed one gives nothing. */
import type { JsonObject } from '../protocol/json.ts';
import type { Execution, Frame, TaskRun } from './execution.ts';
import type { Fold } from './fold.ts';
import { advance, worse } from './frames.ts';

/** One round as its tasks see it. */
export interface Round {
  /** Of the loop's task run. */
  readonly loop: number;
  readonly index: number;
  readonly value: string;
  readonly key?: string;
}

/** The rounds around a task run, innermost first. */
export function roundsAround(execution: Execution, run: TaskRun): Round[] {
  const rounds: Round[] = [];
  for (let at: TaskRun | undefined = run; at?.parent !== undefined;) {
    const around = execution.taskRuns.at(at.parent);
    const round = around && roundOf(around, at);
    if (round) rounds.push(round);
    at = around;
  }
  return rounds;
}

function roundOf({ index: loop, frame }: TaskRun, { iteration, value }: TaskRun): Round | undefined {
  const rounds = (frame?.main ?? frame)?.rounds;
  if (rounds === undefined || iteration === undefined) return undefined;
  const key = rounds.keys?.[iteration];
  return { loop, index: iteration, value: value ?? '', ...(key !== undefined && { key }) };
}

/** Whether a run in the rounds `inner` sees one in the rounds `outer`; both innermost first. */
export function isVisible(outer: readonly Round[], inner: readonly Round[]): boolean {
  return outer.every(({ loop, index }, n) => {
    const own = inner[inner.length - outer.length + n];
    return own?.loop === loop && own.index === index;
  });
}

/** `item`, with those around it. */
export function itemVariables([own, ...around]: readonly Round[]): JsonObject | undefined {
  if (own === undefined) return undefined;
  const parents = around.map(variablesOf);
  const [parent] = parents;
  return { ...variablesOf(own), ...(parent && { parent, parents }) };
}

function variablesOf({ value, index, key }: Round): JsonObject {
  return { value, index, ...(key !== undefined && { key }) };
}

/** Whether the round that this run ends has outputs to render. */
export function givesOutputs({ phase, rounds }: Frame, { state, iteration }: TaskRun): boolean {
  const failed = state.current === 'FAILED' || state.current === 'KILLED';
  return phase === 'tasks' && rounds !== undefined && rounds.outputs.length > 0 && iteration !== undefined && !failed;
}

export function evaluateRound(fold: Fold, owner: number, { index: last, iteration = 0 }: TaskRun): void {
  fold.effects.push({ type: 'evaluate-round', taskRun: owner, round: iteration, last });
}

export function roundEvaluated(fold: Fold, event: { taskRun: number; round: number; outputs?: JsonObject }): void {
  const { frame } = fold.run(event.taskRun);
  if (!frame?.rounds || frame.phase !== 'tasks' || frame.active === 0) return;
  const given = frame.rounds.given.with(event.round, event.outputs ?? null);
  const worst = event.outputs ? frame.worst : worse(frame, 'FAILED');
  fold.setFrame(event.taskRun, { ...frame, worst, active: frame.active - 1, rounds: { ...frame.rounds, given } });
  advance(fold, event.taskRun);
}

/** What the loop has given is its own outputs. */
export function showRounds(fold: Fold, owner: number, { rounds, values = [], started }: Frame): void {
  const outputs = values.slice(0, started).map((value, iteration): JsonObject => {
    const key = rounds?.keys?.[iteration];
    return {
      item: { value, iteration, ...(key !== undefined && { key }) },
      outputs: rounds?.given[iteration] ?? {},
    };
  });
  fold.change(owner, { outputs: { ...fold.run(owner).outputs, iterationCount: started, outputs } });
}
