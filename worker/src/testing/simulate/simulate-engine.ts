/** Drives the real engine through a random flow in a random world, from one seed: answers come late, twice, in any order or
 *  not at all; runners are lost; people kill, pause, resume and restart; the state goes through storage at any moment. */
import { decodeExecution, encodeExecution } from '../../engine/codec.ts';
import type { Effect } from '../../engine/effect.ts';
import type { ExecutionEvent } from '../../engine/event.ts';
import type { Execution } from '../../engine/execution.ts';
import { inlineExecutor } from '../../engine/inline.ts';
import { isInline, takeTurn, type TurnStart } from '../../engine/turn.ts';
import type { Flow } from '../../flow/flow.ts';
import { executionId } from '../../ids.ts';
import { isTerminalState, type State } from '../../protocol/states.ts';
import { generateFlow } from './generate-flow.ts';
import { brokenInvariants } from './invariants.ts';
import { Random } from './random.ts';

export interface Simulation {
  seed: number;
  steps: number;
  state: State;
  flow: Flow;
  /** What happened, newest last. */
  trace: string[];
  /** Empty when every promise held. */
  broken: string[];
}

const STEPS_MAX = 2_000;
const RESTARTS_MAX = 2;

export async function simulateEngine(seed: number): Promise<Simulation> {
  return new EngineWorld(seed).run();
}

class EngineWorld {
  readonly #seed: number;
  readonly #random: Random;
  readonly #flow: Flow;
  readonly #trace: string[] = [];
  readonly #pending: Effect[] = [];
  readonly #answered: ExecutionEvent[] = [];
  #now = Date.UTC(2026, 0, 1);
  #execution: Execution | null = null;
  #restarts = 0;
  #children = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#flow = generateFlow(this.#random);
  }

  async run(): Promise<Simulation> {
    let broken = await this.#turn({
      event: {
        type: 'execution.created',
        at: this.#now,
        id: executionId(0, this.#random.bytes(19)),
        namespace: this.#flow.namespace,
        flowId: this.#flow.id,
        flowRevision: 1,
        inputs: {},
        labels: [],
      },
    });
    let steps = 1;
    for (; broken.length === 0 && steps < STEPS_MAX && !this.#isOver(); steps++) broken = await this.#step();
    if (broken.length === 0 && !this.#isOver()) broken = [`the execution is not over after ${STEPS_MAX} steps`];
    const state = this.#execution?.state.current ?? 'CREATED';
    if (broken.length > 0) this.#trace.push(...this.#facts());
    return { seed: this.#seed, steps, state, flow: this.#flow, trace: this.#trace, broken };
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
    return this.#pending.length === 0 && (this.#restarts >= RESTARTS_MAX || execution.state.current !== 'FAILED');
  }

  async #step(): Promise<string[]> {
    const { chance } = { chance: (p: number) => this.#random.chance(p) };
    if (chance(0.2)) this.#now += this.#random.below(5_000);
    if (chance(0.02)) return this.#turn({ event: { type: 'execution.killed', at: this.#now } });
    if (chance(0.03)) return this.#turn({ event: { type: 'execution.paused', at: this.#now } });
    if (chance(0.1)) return this.#turn({ event: { type: 'execution.resumed', at: this.#now } });
    const again = this.#answered.length > 0 && chance(0.1) ? this.#random.pick(this.#answered) : undefined;
    if (again) return this.#turn({ event: { ...again, at: this.#now } });
    if (chance(0.1)) this.#throughStorage();
    if (this.#pending.length > 0 && chance(0.7)) return this.#answer();
    return this.#timer();
  }

  async #timer(): Promise<string[]> {
    const execution = this.#execution;
    if (execution && isTerminalState(execution.state.current) && !execution.frame && this.#pending.length === 0) {
      this.#restarts++;
      return this.#turn({ event: { type: 'execution.restarted', at: this.#now } });
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
          outputs: { code: this.#random.below(600) },
        } as const;
        return this.#isRunner(taskRun)
          ? [{ type: 'task.started', at, taskRun, attempt, workerId: 'r1' }, finished]
          : [finished];
      }
      case 'cancel-task':
        return [{ type: 'task.finished', at, taskRun: effect.taskRun, attempt: effect.attempt, state: 'KILLED' }];
      case 'start-child': {
        const { taskRun, attempt } = effect;
        if (this.#random.chance(0.2)) return [{ type: 'child.refused', at, taskRun, attempt, message: 'refused' }];
        const child = executionId(0, new Uint8Array(19).fill(++this.#children));
        if (effect.plan.wait) this.#pending.push({ type: 'kill-child', taskRun, executionId: child });
        return [{ type: 'child.started', at, taskRun, attempt, executionId: child }];
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

  #isRunner(taskRun: number): boolean {
    const taskId = this.#execution?.taskRuns.at(taskRun)?.taskId;
    const find = (tasks: Flow['tasks']): Flow['tasks'] =>
      tasks.flatMap((task) => [task, ...find(Object.values(task.lists).flat())]);
    const { tasks, errors, afterExecution } = this.#flow;
    return (
      find([...tasks, ...errors, ...this.#flow.finally, ...afterExecution]).find(({ id }) => id === taskId)?.kind ===
      'runner'
    );
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
    const broken = brokenInvariants(before, turn.execution, outside, [...this.#pending, ...rest]);
    if (broken.length > 0 || rest.length === 0) return broken;
    return this.#turn({
      effects: rest.filter((effect) => isInline(this.#flow, turn.execution, effect)),
      at: this.#now,
    });
  }
}
