/** Drives the real engine through a random flow in a random world, from one seed: answers come late, twice, in any order or
 *  not at all; timers fire early; runners are lost; people kill, pause, resume, restart, replay and change states; the state
 *  goes through storage at any moment. */
import { decodeExecution, encodeExecution } from '../../engine/codec.ts';
import type { Effect } from '../../engine/effect.ts';
import type { ExecutionEvent } from '../../engine/event.ts';
import type { Execution } from '../../engine/execution.ts';
import { taskOf } from '../../engine/flow-index.ts';
import { inlineExecutor } from '../../engine/inline.ts';
import { replayFrom, replayProblem } from '../../engine/reopen.ts';
import { isInline, takeTurn, type TurnStart } from '../../engine/turn.ts';
import type { Flow } from '../../flow/flow.ts';
import { executionId, taskRunId } from '../../ids.ts';
import { eventOf } from '../../objects/actions.ts';
import type { Action } from '../../objects/actions.ts';
import { stringifyJson } from '../../protocol/json.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { isTerminalState, type State } from '../../protocol/states.ts';
import { flowOf } from '../flow-with-tasks.ts';
import { generateFlow } from './generate-flow.ts';
import { brokenInvariants } from './invariants.ts';
import { Random } from './random.ts';

export interface Simulation {
  seed: number;
  steps: number;
  state: State;
  /** The flow's source. */
  flow: JsonObject;
  /** What happened, newest last. */
  trace: string[];
  /** Empty when every promise held. */
  broken: string[];
}

const STEPS_MAX = 2_000;
/** Times that people reopen an execution or replay it: it must come to its end. */
const REOPENINGS_MAX = 4;
/** Keeps the world's chance apart from the flow's: the same world can then be tried on a smaller flow. */
const WORLD = 0x5eed;

export async function simulateEngine(seed: number, flow?: JsonObject): Promise<Simulation> {
  return new EngineWorld(seed, flow ?? generateFlow(new Random(seed))).run();
}

type Event<Type extends ExecutionEvent['type']> = Extract<ExecutionEvent, { type: Type }>;

class EngineWorld {
  readonly #seed: number;
  readonly #random: Random;
  readonly #source: JsonObject;
  readonly #flow: Flow;
  readonly #trace: string[] = [];
  readonly #pending: Effect[] = [];
  readonly #answered: ExecutionEvent[] = [];
  #now = Date.UTC(2026, 0, 1);
  #execution: Execution | null = null;
  #reopenings = 0;
  #children = 0;

  constructor(seed: number, source: JsonObject) {
    this.#seed = seed;
    this.#random = new Random(seed ^ WORLD);
    this.#source = source;
    this.#flow = flowOf(stringifyJson(source));
  }

  async run(): Promise<Simulation> {
    let broken = await this.#start();
    let steps = 1;
    for (; broken.length === 0 && steps < STEPS_MAX && !this.#isOver(); steps++) broken = await this.#step();
    if (broken.length === 0 && !this.#isOver()) broken = [`the execution is not over after ${STEPS_MAX} steps`];
    const state = this.#execution?.state.current ?? 'CREATED';
    if (broken.length > 0) this.#trace.push(...this.#facts());
    return { seed: this.#seed, steps, state, flow: this.#source, trace: this.#trace, broken };
  }

  /** Where everything stands, for the reader of a failure. */
  #facts(): string[] {
    const { frame, counts, timers, ending, held, taskRuns } = this.#execution ?? {};
    const runs = [...(taskRuns ?? [])].filter(({ removed }) => !removed);
    return [
      JSON.stringify({ frame, counts, timers, ending, held }),
      ...runs.map(
        (run) =>
          `${run.index} ${run.taskId} in ${run.parent ?? 'flow'}: ${run.state.current} ${JSON.stringify(run.frame ?? '')}`,
      ),
    ];
  }

  #isOver(): boolean {
    const execution = this.#execution;
    if (!execution || !isTerminalState(execution.state.current) || execution.frame) return false;
    return this.#pending.length === 0 && this.#reopenings >= REOPENINGS_MAX;
  }

  async #start(replay: Partial<Event<'execution.created'>> = {}): Promise<string[]> {
    const event: Event<'execution.created'> = {
      type: 'execution.created',
      at: this.#now,
      id: executionId(0, this.#random.bytes(19)),
      namespace: this.#flow.namespace,
      flowId: this.#flow.id,
      flowRevision: 1,
      inputs: {},
      labels: [],
      ...replay,
    };
    this.#answered.push(event);
    return this.#turn({ event });
  }

  async #step(): Promise<string[]> {
    const chance = (probability: number) => this.#random.chance(probability);
    if (chance(0.2)) this.#now += this.#random.below(5_000);
    if (chance(0.15)) return this.#person();
    const again = this.#answered.length > 0 && chance(0.1) ? this.#random.pick(this.#answered) : undefined;
    if (again) return this.#turn({ event: { ...again, at: this.#now } });
    if (chance(0.1)) this.#throughStorage();
    if (chance(0.03)) return this.#earlyTimer();
    if (this.#pending.length > 0 && chance(0.7)) return this.#answer();
    return this.#timer();
  }

  /** Somebody does something, allowed or not. */
  async #person(): Promise<string[]> {
    const execution = this.#execution;
    if (!execution) return [];
    const { chance, pick } = {
      chance: (p: number) => this.#random.chance(p),
      pick: <T>(of: T[]) => this.#random.pick(of),
    };
    if (chance(0.1)) return this.#replay(execution);
    const state = pick(['SUCCESS', 'WARNING', 'FAILED'] as const);
    const run = this.#random.below(Math.max(1, execution.taskRuns.length));
    const action = pick<Action>([
      { type: 'kill' },
      { type: 'pause' },
      { type: 'pause' },
      ...Array.from({ length: 6 }, (): Action => ({ type: 'resume' })),
      { type: 'restart' },
      { type: 'change-status', state },
      { type: 'change-task-run', taskRunId: taskRunId(execution.id, run), state },
      { type: 'set-labels', labels: [{ key: 'mood', value: state }] },
      { type: 'unqueue', state: pick(['RUNNING', 'CANCELLED', 'FAILED'] as const) },
      { type: 'force-run' },
    ]);
    return this.#act(execution, action);
  }

  async #act(execution: Execution, action: Action): Promise<string[]> {
    const reopens = action.type === 'restart' || action.type === 'change-task-run' || action.type === 'change-status';
    if (reopens && this.#reopenings >= REOPENINGS_MAX) return [];
    const event = eventOf(action, this.#flow, execution, this.#now);
    if (!event.ok) return [];
    if (reopens) this.#reopenings++;
    return this.#turn({ event: event.value });
  }

  /** A new execution from a task run of this one, which is left alone from then on. */
  async #replay(execution: Execution): Promise<string[]> {
    const runs = [...execution.taskRuns].filter(({ removed }) => !removed);
    if (runs.length === 0 || this.#reopenings >= REOPENINGS_MAX) return [];
    const { index } = this.#random.pick(runs);
    if (replayProblem(this.#flow, execution, index) !== undefined) return [];
    this.#reopenings++;
    this.#execution = null;
    this.#pending.length = 0;
    this.#answered.length = 0;
    this.#trace.push(`replay from task run ${index}`);
    const { originalId, id: parentId } = execution;
    return this.#start({ originalId, parentId, replay: replayFrom(this.#flow, execution, index, this.#now) });
  }

  async #earlyTimer(): Promise<string[]> {
    const timers = this.#execution?.timers.filter(({ at }) => at > this.#now) ?? [];
    if (timers.length === 0) return [];
    return this.#turn({ event: { type: 'timer.fired', at: this.#now, timer: this.#random.pick(timers) } });
  }

  async #timer(): Promise<string[]> {
    const execution = this.#execution;
    if (execution && isTerminalState(execution.state.current) && !execution.frame && this.#pending.length === 0) {
      if (this.#random.chance(0.5)) return this.#act(execution, { type: 'restart' });
      this.#reopenings++;
      return [];
    }
    const timer = execution?.timers.toSorted((a, b) => a.at - b.at)[0];
    if (!timer) {
      if (this.#pending.length > 0) return this.#answer();
      const event: ExecutionEvent =
        execution?.state.current === 'QUEUED'
          ? { type: 'slot.granted', at: this.#now }
          : { type: 'execution.resumed', at: this.#now };
      return this.#turn({ event });
    }
    this.#now = Math.max(this.#now, timer.at);
    return this.#turn({ event: { type: 'timer.fired', at: this.#now, timer } });
  }

  /** What was stored is what is there. */
  #throughStorage(): void {
    if (!this.#execution) return;
    const { head, chunks } = encodeExecution(this.#execution);
    this.#execution = decodeExecution(
      head,
      chunks.map(({ text }) => text),
    );
  }

  async #answer(): Promise<string[]> {
    const index = this.#random.below(this.#pending.length);
    const effect = this.#pending[index];
    const events = effect ? this.#answersTo(effect) : [];
    for (const [n, event] of events.entries()) {
      // Outside until its last answer.
      if (n === events.length - 1) this.#pending.splice(index, 1);
      this.#answered.push(event);
      const broken = await this.#turn({ event });
      if (broken.length > 0) return broken;
    }
    if (events.length === 0) this.#pending.splice(index, 1);
    return [];
  }

  #answersTo(effect: Effect): ExecutionEvent[] {
    const at = this.#now;
    switch (effect.type) {
      case 'run-task': {
        const { taskRun, attempt } = effect;
        if (this.#random.chance(0.1) && this.#isRunner(taskRun))
          return [{ type: 'task.lost', at, taskRun, attempt, message: 'lost' }];
        const state = this.#random.pick(['SUCCESS', 'SUCCESS', 'SUCCESS', 'FAILED', 'WARNING'] as const);
        const finished = {
          type: 'task.finished',
          at,
          taskRun,
          attempt,
          state,
          outputs: { code: this.#random.below(600), splits: 'kestra:///splits' },
        } as const;
        if (this.#isWorkspace(taskRun)) return this.#workspaceAnswers(taskRun, attempt);
        return this.#isRunner(taskRun)
          ? [{ type: 'task.started', at, taskRun, attempt, workerId: 'r1' }, finished]
          : [finished];
      }
      case 'close-workspace': {
        const { taskRun, attempt } = effect;
        const state = this.#random.pick(['SUCCESS', 'SUCCESS', 'FAILED'] as const);
        return [{ type: 'task.finished', at, taskRun, attempt, state, outputs: { outputFiles: {} } }];
      }
      case 'cancel-task':
        return [{ type: 'task.finished', at, taskRun: effect.taskRun, attempt: effect.attempt, state: 'KILLED' }];
      case 'start-child': {
        const { taskRun, attempt } = effect;
        const about = { at, taskRun, attempt, ...(effect.item && { item: effect.item.number }) };
        if (this.#random.chance(0.2)) return [{ type: 'child.refused', ...about, message: 'refused' }];
        const child = executionId(0, new Uint8Array(19).fill(++this.#children));
        if (effect.plan.wait) this.#pending.push({ type: 'kill-child', taskRun, executionId: child });
        return [{ type: 'child.started', ...about, executionId: child }];
      }
      case 'restart-child':
      case 'kill-child': {
        const state = this.#random.pick(['SUCCESS', 'FAILED', 'KILLED', 'WARNING'] as const);
        return [{ type: 'child.ended', at, taskRun: effect.taskRun, executionId: effect.executionId, state }];
      }
      case 'acquire-slot':
        return this.#random.chance(0.5)
          ? [{ type: 'slot.granted', at }]
          : [{ type: 'slot.refused', at, behavior: this.#random.pick(['QUEUE', 'QUEUE', 'CANCEL', 'FAIL']) }];
      default:
        return [];
    }
  }

  #isWorkspace(taskRun: number): boolean {
    return this.#execution?.taskRuns.at(taskRun)?.workspace !== undefined;
  }

  /** A runner takes it, and may lose it or fail at any time. */
  #workspaceAnswers(taskRun: number, attempt: number): ExecutionEvent[] {
    const at = this.#now;
    const started = { type: 'task.started', at, taskRun, attempt, workerId: 'r1' } as const;
    if (this.#random.chance(0.2)) return [started, { type: 'task.lost', at, taskRun, attempt, message: 'lost' }];
    if (this.#random.chance(0.2)) return [started, { type: 'task.finished', at, taskRun, attempt, state: 'FAILED' }];
    return [started];
  }

  #isRunner(taskRun: number): boolean {
    const run = this.#execution?.taskRuns.at(taskRun);
    return run !== undefined && taskOf(this.#flow, run)?.kind === 'runner';
  }

  async #turn(start: TurnStart): Promise<string[]> {
    this.#trace.push('event' in start ? JSON.stringify(start.event) : 'goes on');
    const before = this.#execution;
    const inline = inlineExecutor({
      services: {
        now: () => this.#now,
        timeZone: 'UTC',
        random: () => this.#random.next(),
        randomBytes: (length) => this.#random.bytes(length),
        read: () => 'one\ntwo\nthree\n',
      },
      surroundings: () => ({ tenant: 'main' }),
    });
    const foldsMax = this.#random.chance(0.1) ? 1 + this.#random.below(5) : undefined;
    const turn = await takeTurn(this.#flow, before, start, inline, foldsMax);
    this.#execution = turn.execution;
    const rest = turn.effects.filter((effect) => isInline(this.#flow, turn.execution, effect));
    const outside = turn.effects.filter((effect) => !isInline(this.#flow, turn.execution, effect));
    this.#trace.push(
      `  -> ${turn.execution.state.current} ${outside.map((effect) => `${effect.type}${'taskRun' in effect ? ` ${effect.taskRun}` : ''}`).join(', ')}`,
    );
    this.#pending.push(
      ...outside.filter(({ type }) => !['release-slot', 'tell-caller', 'retry-execution'].includes(type)),
    );
    const broken = brokenInvariants({
      before,
      after: turn.execution,
      ...('event' in start && { event: start.event }),
      effects: outside,
      pending: [...this.#pending, ...rest],
    });
    if (broken.length > 0 || rest.length === 0) return broken;
    return this.#turn({
      effects: rest.filter((effect) => isInline(this.#flow, turn.execution, effect)),
      at: this.#now,
    });
  }
}
