/** A turn: folds an event, then goes on with everything that needs nothing of the outside (expressions, trivial tasks, timers
 *  already due), so that a hundred trivial tasks are one turn and one write. */
import type { MaybePromise } from '../expression/services.ts';
import type { Flow } from '../flow/flow.ts';
import { ENGINE_TURN_FOLDS_MAX } from '../limits.ts';
import type { Metric } from '../tasks/task.ts';
import type { Effect, LogLine, Step } from './effect.ts';
import type { ExecutionEvent } from './event.ts';
import type { Execution } from './execution.ts';
import { taskOf } from './flow-index.ts';
import { reduce } from './reduce.ts';

export type InlineEffect = Extract<
  Effect,
  { type: 'evaluate' | 'evaluate-until' | 'evaluate-round' | 'evaluate-assertions' | 'render-outputs' | 'run-task' }
>;

export interface InlineAnswer {
  event: ExecutionEvent;
  logs: LogLine[];
  metrics: TaskMetric[];
}

export interface TaskMetric extends Metric {
  at: number;
  taskRun: number;
}

export interface InlineExecutor {
  /** Never throws: what goes wrong in a task or an expression is its answer. */
  perform(flow: Flow, execution: Execution, effect: InlineEffect): MaybePromise<InlineAnswer>;
}

export interface Turn {
  /** As the event itself left it: what the answer to a request shows. */
  first: Execution;
  execution: Execution;
  /** For the outside; after a very long turn also inline ones, with which the next turn goes on. */
  effects: Effect[];
  logs: LogLine[];
  metrics: TaskMetric[];
}

/** What a turn starts from: something happened, or the turn before left inline effects. */
export type TurnStart = { event: ExecutionEvent } | { effects: InlineEffect[]; at: number };

/** `foldsMax` bounds the turn; what is left over comes out as effects and due timers. */
export function takeTurn(
  flow: Flow,
  execution: Execution | null,
  start: TurnStart,
  inline: InlineExecutor,
  foldsMax: number = ENGINE_TURN_FOLDS_MAX,
): MaybePromise<Turn> {
  const turn = new RunningTurn(flow, inline, foldsMax);
  if ('event' in start) turn.absorb(reduce(flow, execution, start.event), start.event.at);
  else if (execution) turn.absorb({ execution, effects: start.effects, logs: [] }, start.at);
  return turn.goOn();
}

/** Whether an effect needs nothing of the outside. */
export function isInline(flow: Flow, execution: Execution, effect: Effect): effect is InlineEffect {
  switch (effect.type) {
    case 'evaluate':
    case 'evaluate-until':
    case 'evaluate-round':
    case 'evaluate-assertions':
    case 'render-outputs':
      return true;
    case 'run-task': {
      const run = execution.taskRuns.at(effect.taskRun);
      return run !== undefined && taskOf(flow, run)?.kind === 'inline';
    }
    default:
      return false;
  }
}

class RunningTurn {
  readonly #flow: Flow;
  readonly #inline: InlineExecutor;
  readonly #queue: InlineEffect[] = [];
  readonly #outside: Effect[] = [];
  readonly #logs: LogLine[] = [];
  readonly #metrics: TaskMetric[] = [];
  #next = 0;
  #foldsLeft: number;
  #at = 0;
  #first: Execution | undefined;
  #execution: Execution | undefined;

  constructor(flow: Flow, inline: InlineExecutor, foldsMax: number) {
    this.#flow = flow;
    this.#inline = inline;
    this.#foldsLeft = foldsMax;
  }

  absorb(step: Step, at: number): void {
    this.#first ??= step.execution;
    this.#execution = step.execution;
    this.#at = Math.max(this.#at, at);
    this.#foldsLeft--;
    this.#logs.push(...step.logs);
    for (const effect of step.effects) {
      if (isInline(this.#flow, step.execution, effect)) this.#queue.push(effect);
      else this.#outside.push(effect);
    }
  }

  goOn(): MaybePromise<Turn> {
    while (this.#execution && this.#foldsLeft > 0) {
      const effect = this.#queue[this.#next];
      if (effect) {
        this.#next++;
        const answer = this.#inline.perform(this.#flow, this.#execution, effect);
        if (answer instanceof Promise) return answer.then((later) => this.#answered(later).goOn());
        this.#answered(answer);
      } else if (!this.#fireDueTimer(this.#execution)) break;
    }
    return this.#turn();
  }

  #answered({ event, logs, metrics }: InlineAnswer): this {
    this.#logs.push(...logs);
    this.#metrics.push(...metrics);
    if (this.#execution) this.absorb(reduce(this.#flow, this.#execution, event), event.at);
    return this;
  }

  #fireDueTimer(execution: Execution): boolean {
    const timer = execution.timers.find(({ at }) => at <= this.#at);
    if (!timer) return false;
    const at = this.#at;
    this.absorb(reduce(this.#flow, execution, { type: 'timer.fired', at, timer }), at);
    return true;
  }

  #turn(): Turn {
    const [first, execution] = [this.#first, this.#execution];
    if (!first || !execution) throw new Error('a turn needs an execution');
    return {
      first,
      execution,
      effects: [...this.#outside, ...this.#queue.slice(this.#next)],
      logs: this.#logs,
      metrics: this.#metrics,
    };
  }
}
