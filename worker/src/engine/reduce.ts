/** Folds one event into an execution and says what must happen next.
 *   I1  A finished execution ignores every event, but those by which a person reopens it and those of its own afterExecution.
 *   I3  A task run is in exactly one state, and the counters equal the facts: `Fold` changes both at once.
 *   I4  An answer counts only for the newest attempt of a task run, and once.
 *   I7  A timer counts only when its time has come and it is still set.
 *  Pure: time and ids come in with the event, so a replay gives the same answer. */
import type { Flow } from '../flow/flow.ts';
import { isTerminalState } from '../protocol/states.ts';
import { assertNever } from '../result.ts';
import * as attempts from './attempts.ts';
import { Chunks } from './chunks.ts';
import type { Step } from './effect.ts';
import { assertionsEvaluated, endEarly, outputsRendered, quarantine, slaMissed } from './endings.ts';
import type { ExecutionCreated, ExecutionEvent } from './event.ts';
import type { Execution, Timer } from './execution.ts';
import { Fold } from './fold.ts';
import { advance, repeatAgain, repeatEvaluated, sequenceFrame } from './frames.ts';
import { hold, pauseElapsed, pauseTimedOut, resume } from './pauses.ts';
import { roundEvaluated } from './rounds.ts';
import { changeTaskRunState, goOnFromTaskRuns, restart, restartTargets } from './reopen.ts';

export function reduce(flow: Flow, execution: Execution | null, event: ExecutionEvent): Step {
  if (execution === null) {
    if (event.type !== 'execution.created') throw new Error(`${event.type} came before execution.created`);
    return create(flow, event);
  }
  if (isIgnored(execution, event)) return { execution, effects: [], logs: [] };
  const fold = new Fold(flow, execution, event.at);
  apply(fold, event);
  showActivity(fold);
  if (fold.execution.state !== execution.state) askAssertions(fold);
  return fold.step();
}

const REOPENING = new Set<ExecutionEvent['type']>([
  'execution.restarted',
  'task.state-changed',
  'execution.status-changed',
  'labels.set',
]);

function isIgnored(execution: Execution, event: ExecutionEvent): boolean {
  if (event.type === 'execution.created') return true;
  if ('taskRun' in event && event.taskRun !== undefined && execution.taskRuns.at(event.taskRun)?.removed) return true;
  const over = isTerminalState(execution.state.current);
  const about = 'taskRun' in event || event.type === 'timer.fired' || event.type === 'execution.resumed';
  return over && !REOPENING.has(event.type) && !(about && execution.frame);
}

function create(flow: Flow, event: ExecutionCreated): Step {
  const { type, at, failed, replay, ...given } = event;
  const fold = new Fold(
    flow,
    {
      ...given,
      originalId: given.originalId ?? given.id,
      originalCreatedAt: given.originalCreatedAt ?? at,
      attemptNumber: given.attemptNumber ?? 1,
      state: { current: 'CREATED', histories: [{ state: 'CREATED', at }] },
      variables: {},
      taskRuns: Chunks.of(),
      timers: [{ kind: 'start', at: Math.max(at, given.scheduleAt ?? at) }],
      hasSlot: false,
      counts: { busy: 0, paused: 0, retrying: 0 },
      ...replay,
    },
    at,
  );
  if (failed !== undefined) {
    fold.log('ERROR', failed);
    endEarly(fold, 'FAILED');
  }
  return fold.step();
}

function apply(fold: Fold, event: ExecutionEvent): void {
  switch (event.type) {
    case 'execution.created':
      return;
    case 'slot.granted':
      fold.patch({ hasSlot: true });
      return start(fold);
    case 'slot.refused':
      return slotRefused(fold, event.behavior);
    case 'task.evaluated':
      return attempts.taskEvaluated(fold, event.taskRun, event.outcome);
    case 'loop.evaluated':
      return repeatEvaluated(fold, event);
    case 'round.evaluated':
      return roundEvaluated(fold, event);
    case 'task.started':
      return attempts.taskStarted(fold, event);
    case 'task.finished':
      return attempts.taskFinished(fold, event);
    case 'task.lost':
      return attempts.taskLost(fold, event);
    case 'child.started':
      return attempts.childStarted(fold, event);
    case 'child.refused':
      return attempts.childRefused(fold, event);
    case 'child.ended':
      return attempts.childEnded(fold, event);
    case 'assertions.evaluated':
      return assertionsEvaluated(fold, event.missed);
    case 'timer.fired':
      return timerFired(fold, event.timer);
    case 'outputs.rendered':
      return outputsRendered(fold, event);
    case 'execution.killed':
      return fold.execution.ending?.state === 'KILLED' ? undefined : endEarly(fold, 'KILLED');
    case 'execution.paused':
      return fold.execution.state.current === 'RUNNING' ? hold(fold) : undefined;
    case 'execution.resumed':
      return fold.execution.held || fold.execution.counts.paused > 0 ? resume(fold, event) : undefined;
    case 'execution.restarted':
      return restarted(fold, event.flowRevision);
    case 'execution.forced':
      return forced(fold);
    case 'task.state-changed':
      return changeTaskRunState(fold, event.taskRun, event.state);
    case 'execution.status-changed':
      return isTerminalState(fold.execution.state.current) ? fold.move(event.state) : undefined;
    case 'labels.set':
      return fold.patch({
        labels: attempts.mergeLabels(fold.execution.labels, event.labels).filter(({ value }) => value !== ''),
      });
    case 'execution.quarantined':
      return quarantine(fold, event.message);
    default:
      return assertNever(event);
  }
}

function timerFired(fold: Fold, timer: Timer): void {
  const index = fold.execution.timers.findIndex((set) => isSameTimer(set, timer));
  if (index < 0 || timer.at > fold.at) return;
  fold.patch({ timers: fold.execution.timers.toSpliced(index, 1) });
  switch (timer.kind) {
    case 'start':
      return begin(fold);
    case 'retry':
      return fold.run(timer.taskRun).state.current === 'RETRYING'
        ? attempts.beginAttempt(fold, timer.taskRun)
        : undefined;
    case 'timeout':
      return attempts.timedOut(fold, timer.taskRun, timer.attempt);
    case 'wait':
      return attempts.taskFinished(fold, {
        taskRun: timer.taskRun,
        attempt: fold.run(timer.taskRun).attempts.length,
        state: 'SUCCESS',
      });
    case 'resume':
      return pauseElapsed(fold, timer.taskRun);
    case 'pause-timeout':
      return pauseTimedOut(fold, timer.taskRun);
    case 'repeat':
      return repeatAgain(fold, timer.taskRun);
    case 'sla':
      return slaMissed(fold, timer.sla);
    default:
      return assertNever(timer);
  }
}

function isSameTimer(a: Timer, b: Timer): boolean {
  return (
    a.kind === b.kind &&
    a.at === b.at &&
    ('taskRun' in a ? 'taskRun' in b && a.taskRun === b.taskRun : true) &&
    ('sla' in a ? 'sla' in b && a.sla === b.sla : true)
  );
}

/** A flow with a concurrency limit asks for a slot first. */
function begin(fold: Fold): void {
  if (fold.flow.concurrency && !fold.execution.hasSlot) fold.effects.push({ type: 'acquire-slot' });
  else start(fold);
}

function start(fold: Fold): void {
  if (!waitsForStart(fold.execution)) return;
  const reopened = fold.execution.frame !== undefined;
  fold.move('RUNNING');
  for (const sla of fold.flow.sla) {
    if (sla.type === 'MAX_DURATION') fold.addTimer({ kind: 'sla', at: fold.at + sla.durationMs, sla: sla.id });
  }
  if (reopened) return goOnFromTaskRuns(fold);
  fold.patch({ frame: sequenceFrame('tasks', 'tasks') });
  advance(fold, undefined);
}

function waitsForStart({ state, ending }: Execution): boolean {
  return !ending && (state.current === 'CREATED' || state.current === 'QUEUED' || state.current === 'RESTARTED');
}

function slotRefused(fold: Fold, behavior: 'QUEUE' | 'CANCEL' | 'FAIL'): void {
  if (!waitsForStart(fold.execution)) return;
  if (behavior === 'QUEUE') return fold.move('QUEUED');
  fold.log('WARN', 'The concurrency limit of the flow is reached');
  endEarly(fold, behavior === 'CANCEL' ? 'CANCELLED' : 'FAILED');
}

function restarted(fold: Fold, flowRevision: number | undefined): void {
  const { current } = fold.execution.state;
  const allowed = (isTerminalState(current) && current !== 'KILLED') || current === 'PAUSED';
  if (!allowed || restartTargets(fold.flow, fold.execution).length === 0) return;
  if (flowRevision !== undefined) fold.patch({ flowRevision });
  restart(fold);
}

/** Starts what waits for its time, for a slot or for a person. */
function forced(fold: Fold): void {
  switch (fold.execution.state.current) {
    case 'CREATED':
    case 'QUEUED':
    case 'RESTARTED':
      fold.patch({
        timers: fold.execution.timers.filter(({ kind }) => kind !== 'start'),
        hasSlot: fold.flow.concurrency !== undefined,
      });
      return start(fold);
    case 'PAUSED':
      return resume(fold, {});
    default:
      return fold.execution.frame ? advance(fold, undefined) : undefined;
  }
}

/** Assertions are asked again whenever an unfinished execution changes its state. */
function askAssertions(fold: Fold): void {
  const { state, ending } = fold.execution;
  if (isTerminalState(state.current) || state.current === 'RESTARTED' || ending) return;
  if (fold.flow.sla.some(({ type }) => type === 'EXECUTION_ASSERTION'))
    fold.effects.push({ type: 'evaluate-assertions' });
}

/** The state of a running execution follows from what its task runs do. */
function showActivity(fold: Fold): void {
  const { state, ending, frame, held, counts } = fold.execution;
  const active = state.current === 'RUNNING' || state.current === 'PAUSED' || state.current === 'RETRYING';
  if (!active || ending || held || !frame) return;
  if (counts.busy > 0) fold.move('RUNNING');
  else if (counts.paused > 0) fold.move('PAUSED');
  else if (counts.retrying > 0) fold.move('RETRYING');
  else fold.move('RUNNING');
}
