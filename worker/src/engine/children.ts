/** A task run that starts an execution for each of many items: how many at a time, and what becomes of them all. */
import type { ExecutionId } from '../ids.ts';
import type { JsonObject } from '../protocol/json.ts';
import { isTerminalState, type State } from '../protocol/states.ts';
import type { StartFlows } from '../tasks/plan.ts';
import { startAttempt, taskFinished } from './attempts.ts';
import type { ExecutionEvent, TaskFinished } from './event.ts';
import type { Children, TaskRun } from './execution.ts';
import type { Fold } from './fold.ts';

type Event<Type extends ExecutionEvent['type']> = Extract<ExecutionEvent, { type: Type }>;

export function startChildren(fold: Fold, index: number, plan: StartFlows): void {
  fold.change(index, { children: { plan, started: 0, known: {}, refused: [] } });
  startAttempt(fold, index);
  goOn(fold, index);
}

export function oneStarted(fold: Fold, run: TaskRun, children: Children, event: Event<'child.started'>): void {
  if (event.item === undefined || children.known[event.executionId] !== undefined) return;
  const known = { ...children.known, [event.executionId]: { item: event.item } };
  fold.change(run.index, { children: { ...children, known } });
  if (run.state.current === 'KILLING') {
    fold.effects.push({ type: 'kill-child', taskRun: run.index, executionId: event.executionId });
  }
  goOn(fold, run.index);
}

export function oneRefused(fold: Fold, run: TaskRun, children: Children, event: Event<'child.refused'>): void {
  if (event.item === undefined || children.refused.includes(event.item)) return;
  fold.change(run.index, { children: { ...children, refused: [...children.refused, event.item] } });
  goOn(fold, run.index);
}

export function oneEnded(fold: Fold, run: TaskRun, children: Children, event: Event<'child.ended'>): void {
  const one = children.known[event.executionId];
  if (one === undefined || one.state !== undefined || event.state === 'RETRIED' || !isTerminalState(event.state))
    return;
  const ended = { ...one, state: event.state, ...(event.outputs && { outputs: event.outputs }) };
  fold.change(run.index, { children: { ...children, known: { ...children.known, [event.executionId]: ended } } });
  goOn(fold, run.index);
}

/** The executions that run still: what a kill must reach. */
export function liveChildren(children: Children): ExecutionId[] {
  const live = Object.entries(children.known).filter(([, { state }]) => state === undefined);
  // The keys are ids of executions: `oneStarted` alone adds them.
  return live.map(([id]) => id as ExecutionId);
}

function goOn(fold: Fold, index: number): void {
  const run = fold.run(index);
  const { children } = run;
  if (!children || isTerminalState(run.state.current)) return;
  const { items, limit, flow } = children.plan;
  const states = statesOf(children);
  const ended = Object.values(states).reduce((sum, count) => sum + count, 0);
  const over = flow.wait ? ended : children.refused.length + known(children);
  let { started } = children;
  if (run.state.current !== 'KILLING') {
    for (; started < items.length && (limit === 0 || started - over < limit); started++) {
      const item = { number: started, value: items[started] ?? '' };
      fold.effects.push({ type: 'start-child', taskRun: index, attempt: run.attempts.length, plan: flow, item });
    }
  }
  if (started !== children.started) fold.change(index, { children: { ...children, started } });
  if (over === started) finish(fold, index, children, states);
}

function finish(fold: Fold, index: number, children: Children, states: Partial<Record<State, number>>): void {
  const { wait, transmitFailed } = children.plan.flow;
  const iterations: JsonObject = wait
    ? { CREATED: 0, RUNNING: 0, ...states }
    : { RUNNING: 0, SUCCESS: known(children), ...(children.refused.length > 0 && { FAILED: children.refused.length }) };
  const outputs = Object.values(children.known)
    .sort((a, b) => a.item - b.item)
    .map((one) => one.outputs ?? {});
  taskFinished(fold, {
    taskRun: index,
    attempt: fold.run(index).attempts.length,
    state: transmitFailed ? worst(states) : 'SUCCESS',
    outputs: { iterations, numberOfBatches: children.plan.items.length, ...(wait && { outputs }) },
  });
}

function statesOf({ known, refused }: Children): Partial<Record<State, number>> {
  const states: Partial<Record<State, number>> = {};
  for (const { state } of Object.values(known)) if (state) states[state] = (states[state] ?? 0) + 1;
  if (refused.length > 0) states.FAILED = (states.FAILED ?? 0) + refused.length;
  return states;
}

function known(children: Children): number {
  return Object.keys(children.known).length;
}

function worst(states: Partial<Record<State, number>>): TaskFinished['state'] {
  if (states.FAILED || states.CANCELLED) return 'FAILED';
  if (states.KILLED) return 'KILLED';
  return states.WARNING ? 'WARNING' : 'SUCCESS';
}
