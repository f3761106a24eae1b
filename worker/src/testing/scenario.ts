/** A table test of the engine: left, what happens; right, what the engine answers. The engine, its expressions and its inline
 *  tasks are the real ones; what runs outside (edge tasks, runners, child executions) is what the left column says. */
import { expect } from 'vitest';
import type { Effect, LogLine } from '../engine/effect.ts';
import type { ExecutionCreated, ExecutionEvent } from '../engine/event.ts';
import type { Execution, TaskRun } from '../engine/execution.ts';
import { countTaskRuns } from '../engine/fold.ts';
import { inlineExecutor } from '../engine/inline.ts';
import { replayFrom } from '../engine/reopen.ts';
import { takeTurn, type Turn } from '../engine/turn.ts';
import type { Flow } from '../flow/flow.ts';
import { type ExecutionId, executionId } from '../ids.ts';
import { parseDuration } from '../protocol/duration.ts';
import type { JsonObject } from '../protocol/json.ts';
import { isTerminalState, type State, type TerminalState } from '../protocol/states.ts';

const START = Date.UTC(2026, 0, 15, 12);

export class World {
  readonly flow: Flow;
  now = START;
  execution: Execution | null = null;
  effects: Effect[] = [];
  readonly logs: LogLine[] = [];

  /** Contents of stored files by URI, for `read()`. */
  readonly files: Readonly<Record<string, string>>;

  constructor(flow: Flow, files: Readonly<Record<string, string>> = {}) {
    this.flow = flow;
    this.files = files;
  }

  async happen(event: ExecutionEvent): Promise<Turn> {
    const inline = inlineExecutor({
      services: {
        now: () => this.now,
        timeZone: 'UTC',
        random: () => 0.5,
        randomBytes: (length) => new Uint8Array(length),
        read: (path) => this.files[path] ?? '',
      },
      surroundings: () => ({ tenant: 'main' }),
    });
    const turn = await takeTurn(this.flow, this.execution, { event }, inline);
    this.execution = turn.execution;
    this.effects.push(...turn.effects);
    this.logs.push(...turn.logs);
    expect(turn.execution.counts, 'I3: counters equal facts').toEqual(countTaskRuns(turn.execution.taskRuns));
    return turn;
  }

  /** The newest task run of a task; `task[value]` names the one of an iteration. */
  run(selector: string): TaskRun {
    const [, taskId, value] = /^([^[]+)(?:\[(.*)\])?$/.exec(selector) ?? [];
    const run = this.runs().findLast((each) => each.taskId === taskId && (value === undefined || each.value === value));
    if (!run) throw new Error(`no task run of ${selector}`);
    return run;
  }

  runs(): TaskRun[] {
    return [...(this.execution?.taskRuns ?? [])].filter(({ removed }) => !removed);
  }
}

type Happening = (world: World) => Promise<unknown>;
type Expectation = (world: World) => void;

export async function scenario(
  flow: Flow,
  table: [Happening, ...Expectation[]][],
  given: { files?: Readonly<Record<string, string>> } = {},
): Promise<World> {
  const world = new World(flow, given.files);
  for (const [happening, ...expectations] of table) {
    world.effects = [];
    await happening(world);
    for (const expectation of expectations) expectation(world);
  }
  return world;
}

export const TEST_EXECUTION_ID = executionId(0, new Uint8Array(19));

function finished(selector: string, state: 'SUCCESS' | 'FAILED' | 'KILLED', outputs?: JsonObject): Happening {
  return (world) => {
    const run = world.run(selector);
    return world.happen({
      type: 'task.finished',
      at: world.now,
      taskRun: run.index,
      attempt: run.attempts.length,
      state,
      outputs,
    });
  };
}

/** What happens. */
export const on = {
  start:
    (given: Partial<ExecutionCreated> = {}): Happening =>
    (world) =>
      world.happen({
        type: 'execution.created',
        at: world.now,
        id: TEST_EXECUTION_ID,
        namespace: world.flow.namespace,
        flowId: world.flow.id,
        flowRevision: 1,
        labels: [],
        inputs: {},
        ...given,
      }),
  succeed: (selector: string, outputs?: JsonObject): Happening => finished(selector, 'SUCCESS', outputs),
  fail: (selector: string): Happening => finished(selector, 'FAILED'),
  stop: (selector: string): Happening => finished(selector, 'KILLED'),
  started:
    (selector: string): Happening =>
    (world) => {
      const { index, attempts } = world.run(selector);
      return world.happen({
        type: 'task.started',
        at: world.now,
        taskRun: index,
        attempt: attempts.length,
        workerId: 'r1',
      });
    },
  lost:
    (selector: string): Happening =>
    (world) => {
      const { index, attempts } = world.run(selector);
      return world.happen({
        type: 'task.lost',
        at: world.now,
        taskRun: index,
        attempt: attempts.length,
        message: 'lost',
      });
    },
  childStarted:
    (selector: string, child: ExecutionId): Happening =>
    (world) => {
      const { index, attempts } = world.run(selector);
      return world.happen({
        type: 'child.started',
        at: world.now,
        taskRun: index,
        attempt: attempts.length,
        executionId: child,
      });
    },
  childEnded:
    (selector: string, child: ExecutionId, state: State, outputs?: JsonObject): Happening =>
    (world) =>
      world.happen({
        type: 'child.ended',
        at: world.now,
        taskRun: world.run(selector).index,
        executionId: child,
        state,
        outputs,
      }),
  /** Time passes; every timer that falls due fires at its time. */
  tick:
    (duration: string): Happening =>
    async (world) => {
      const until = world.now + (parseDuration(duration) ?? 0);
      for (;;) {
        const due = world.execution?.timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        world.now = Math.max(world.now, due.at);
        await world.happen({ type: 'timer.fired', at: world.now, timer: due });
      }
      world.now = until;
    },
  event:
    (make: (world: World) => ExecutionEvent): Happening =>
    (world) =>
      world.happen(make(world)),
  kill: (): Happening => (world) => world.happen({ type: 'execution.killed', at: world.now }),
  pause: (): Happening => (world) => world.happen({ type: 'execution.paused', at: world.now }),
  resume:
    (inputs?: JsonObject): Happening =>
    (world) =>
      world.happen({ type: 'execution.resumed', at: world.now, inputs }),
  restart: (): Happening => (world) => world.happen({ type: 'execution.restarted', at: world.now }),
  change:
    (selector: string, state: TerminalState): Happening =>
    (world) =>
      world.happen({ type: 'task.state-changed', at: world.now, taskRun: world.run(selector).index, state }),
  /** The world goes on with the replay; the execution that is replayed is left behind. */
  replay:
    (selector: string): Happening =>
    (world) => {
      const { execution, flow, now } = world;
      if (!execution) throw new Error('nothing to replay');
      const replay = replayFrom(flow, execution, world.run(selector).index, now);
      world.execution = null;
      const { id, namespace, flowId, flowRevision, inputs, originalId } = execution;
      return world.happen({
        ...{ type: 'execution.created', at: now, id, namespace, flowId, flowRevision, inputs, originalId },
        ...{ labels: [], parentId: id, replay },
      });
    },
};

function named(world: World, type: Effect['type']): string[] {
  return world.effects.flatMap((effect) => {
    if (effect.type !== type || !('taskRun' in effect)) return [];
    const run = world.execution?.taskRuns.at(effect.taskRun);
    return run ? [run.value === undefined ? run.taskId : `${run.taskId}[${run.value}]`] : [];
  });
}

/** What the engine answers. */
export const will = {
  /** Exactly these task runs are started outside, in this order. */
  run:
    (...selectors: string[]): Expectation =>
    (world) =>
      expect(named(world, 'run-task')).toEqual(selectors),
  startChild:
    (...selectors: string[]): Expectation =>
    (world) =>
      expect(named(world, 'start-child')).toEqual(selectors),
  cancel:
    (...selectors: string[]): Expectation =>
    (world) =>
      expect(named(world, 'cancel-task')).toEqual(selectors),
  ask:
    (...types: Effect['type'][]): Expectation =>
    (world) =>
      expect(world.effects.map(({ type }) => type)).toEqual(types),
  /** Nothing is due before this time, and something is due then. */
  wait:
    (duration: string): Expectation =>
    (world) => {
      const next = Math.min(...(world.execution?.timers.map(({ at }) => at) ?? []));
      expect(next - world.now).toBe(parseDuration(duration));
    },
  be:
    (state: State): Expectation =>
    (world) =>
      expect(world.execution?.state.current).toBe(state),
  finish:
    (state: State): Expectation =>
    (world) => {
      expect(world.execution?.state.current).toBe(state);
      expect(isTerminalState(state)).toBe(true);
      expect(world.execution?.timers).toEqual([]);
    },
  /** The task ids of all task runs, in the order in which they were made. */
  show:
    (...taskIds: string[]): Expectation =>
    (world) =>
      expect(world.runs().map(({ taskId }) => taskId)).toEqual(taskIds),
  have:
    (states: Record<string, State>): Expectation =>
    (world) =>
      expect(Object.fromEntries(Object.keys(states).map((key) => [key, world.run(key).state.current]))).toEqual(states),
  output:
    (selector: string, outputs: JsonObject): Expectation =>
    (world) =>
      expect(world.run(selector).outputs).toMatchObject(outputs),
  log:
    (part: string): Expectation =>
    (world) =>
      expect(world.logs.map(({ message }) => message).join('\n')).toContain(part),
};
