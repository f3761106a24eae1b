/** An execution in an object's memory, and the rules of its outbox.
 *   I8. What is performed stands in the outbox, written with the state that asked for it; it stays there until its answer is
 *       folded or, for effects without an answer, until they were performed. After a crash it is performed again. */
import { decodeExecution, encodeExecution } from '../engine/codec.ts';
import type { Effect } from '../engine/effect.ts';
import type { ExecutionEvent } from '../engine/event.ts';
import type { Execution } from '../engine/execution.ts';
import type { Flow } from '../flow/flow.ts';
import type { ExecutionId } from '../ids.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { isTerminalState } from '../protocol/states.ts';
import type { StoredExecution, TurnRecord } from './journal.ts';

export interface LiveExecution {
  readonly id: ExecutionId;
  readonly flow: Flow;
  execution: Execution;
  /** As it is stored; absent before its first turn. */
  stored?: Execution;
  /** Grows with each turn. */
  version: number;
  readonly outbox: Map<string, Effect>;
  /** Effects that were under way when the object fell asleep or crashed: nobody knows whether they were performed. */
  readonly doubtful: Set<string>;
  /** Values that its log must not show: secrets that its expressions asked for, and SECRET inputs. */
  readonly secrets: Set<string>;
}

export function revive(id: ExecutionId, flow: Flow, execution: Execution, stored: StoredExecution): LiveExecution {
  const outbox = new Map(stored.outbox.map((effect) => [effectKey(effect), effect]));
  return {
    id,
    flow,
    execution,
    stored: execution,
    version: stored.version,
    outbox,
    doubtful: new Set(outbox.keys()),
    secrets: secretInputs(flow, execution),
  };
}

export function decode(stored: StoredExecution): Execution {
  return decodeExecution(
    stored.head,
    stored.chunks.map(({ text }) => text),
  );
}

/** The rows of the next turn. */
export function turnRecord(live: LiveExecution): TurnRecord {
  const { head, chunks } = encodeExecution(live.execution, live.stored);
  return {
    id: live.id,
    version: live.version,
    head,
    chunks,
    outbox: [...live.outbox.values()],
    timerAt: nextTimerAt(live.execution),
    ended: isOver(live.execution),
  };
}

/** Nothing more will happen by itself: terminal, and its afterExecution tasks are done. */
export function isOver(execution: Execution): boolean {
  return isTerminalState(execution.state.current) && execution.frame === undefined;
}

/** Over for whoever waits for it, or waiting for a person. */
export function rests({ state }: Execution): boolean {
  return isTerminalState(state.current) || state.current === 'PAUSED';
}

export function nextTimerAt({ timers }: Execution): number | undefined {
  return timers.length === 0 ? undefined : Math.min(...timers.map(({ at }) => at));
}

/** One effect, one key: the same effect again is the same work. */
export function effectKey(effect: Effect): string {
  switch (effect.type) {
    case 'run-task':
    case 'cancel-task':
    case 'close-workspace':
      return `${effect.type}/${effect.taskRun}/${effect.attempt}`;
    case 'start-child':
      return startKey({ ...effect, item: effect.item?.number });
    case 'evaluate':
      return `${effect.type}/${effect.taskRun}`;
    case 'evaluate-round':
      return `${effect.type}/${effect.taskRun}/${effect.round}`;
    case 'evaluate-until':
      return `${effect.type}/${effect.taskRun}/${effect.iteration}`;
    case 'restart-child':
    case 'kill-child':
      return `${effect.type}/${effect.taskRun}/${effect.executionId}`;
    default:
      return effect.type;
  }
}

function startKey({ taskRun, attempt, item }: { taskRun: number; attempt: number; item?: number }): string {
  return `start-child/${taskRun}/${attempt}${item === undefined ? '' : `/${item}`}`;
}

/** The effect that an event answers. */
export function answeredBy(event: ExecutionEvent): string | undefined {
  switch (event.type) {
    case 'task.finished':
    case 'task.lost':
      return `run-task/${event.taskRun}/${event.attempt}`;
    case 'child.started':
    case 'child.refused':
      return startKey(event);
    case 'slot.granted':
    case 'slot.refused':
      return 'acquire-slot';
    default:
      return undefined;
  }
}

/** Stands for a secret, whatever its length. */
export const HIDDEN = '********';

/** Inputs as anybody may see them: nothing of a secret, not even its length. */
export function shownInputs(flow: Flow, inputs: JsonObject): JsonObject {
  const secrets = flow.inputs.filter(
    ({ id, type }) => type === 'SECRET' && typeof nestedValue(inputs, id) === 'string',
  );
  return secrets.reduce((shown, { id }) => withNested(shown, id.split('.'), HIDDEN), inputs);
}

function withNested(inputs: JsonObject, [part = '', ...rest]: string[], value: Json): JsonObject {
  const child = inputs[part];
  return { ...inputs, [part]: rest.length > 0 && isJsonObject(child) ? withNested(child, rest, value) : value };
}

/** The values of SECRET inputs. */
export function secretInputs(flow: Flow, { inputs }: Pick<Execution, 'inputs'>): Set<string> {
  const values = flow.inputs.filter(({ type }) => type === 'SECRET').map(({ id }) => nestedValue(inputs, id));
  return new Set(values.filter((value) => typeof value === 'string'));
}

/** An id with dots is nested. */
function nestedValue(inputs: JsonObject, id: string): Json | undefined {
  return id
    .split('.')
    .reduce<Json | undefined>(
      (at, part) => (isJsonObject(at) && Object.hasOwn(at, part) ? at[part] : undefined),
      inputs,
    );
}
