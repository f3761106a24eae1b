/** The outputs of an execution as expressions see them: by task id, then by the values of the iterations around each task
 *  run, outermost first. Made only as far as they are asked for: a task's runs are found through an index of each chunk
 *  that lives as long as the chunk. */
import { Lookup, type Value, type ValueMap } from '../expression/value.ts';
import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import type { Execution, TaskRun } from './execution.ts';
import { isVisible, type Round, roundsAround } from './rounds.ts';

const indexes = new WeakMap<readonly TaskRun[], Map<string, TaskRun[]>>();

function indexOf(chunk: readonly TaskRun[]): Map<string, TaskRun[]> {
  let index = indexes.get(chunk);
  if (index === undefined) {
    index = Map.groupBy(
      chunk.filter(({ removed }) => !removed),
      ({ taskId }) => taskId,
    );
    indexes.set(chunk, index);
  }
  return index;
}

/** The task runs of one task, in the order in which they were made. */
export function runsOf(execution: Execution, taskId: string): TaskRun[] {
  return execution.taskRuns.chunks.flatMap((chunk) => indexOf(chunk).get(taskId) ?? []);
}

/** The values of the iterations around a task run that lie inside its own round of a Loop. */
function pathInRound(execution: Execution, run: TaskRun): string[] {
  const [round] = roundsAround(execution, run);
  return pathBelow(execution, run, round?.loop);
}

/** The values of the iterations around a task run, outermost first, its own last. */
export function iterationPath(execution: Execution, run: TaskRun): string[] {
  return pathBelow(execution, run, undefined);
}

function pathBelow(execution: Execution, run: TaskRun, loop: number | undefined): string[] {
  const path: string[] = [];
  for (
    let at: TaskRun | undefined = run;
    at;
    at = at.parent === undefined ? undefined : execution.taskRuns.at(at.parent)
  ) {
    // The value of a round is no key: its tasks see no other round.
    if (loop !== undefined && at.parent === loop) break;
    if (at.value !== undefined) path.unshift(at.value);
  }
  return path;
}

/** `outputs` (or, with another `pick`, `tasks`): a map from task id to what its runs have, as far as `viewer` sees them. */
export class RunsLookup extends Lookup {
  readonly #execution: Execution;
  readonly #pick: (run: TaskRun) => JsonObject | undefined;
  readonly #rounds: readonly Round[];
  readonly #made = new Map<string, Value | undefined>();

  constructor(execution: Execution, viewer: TaskRun | undefined, pick: (run: TaskRun) => JsonObject | undefined) {
    super();
    this.#execution = execution;
    this.#rounds = viewer ? roundsAround(execution, viewer) : [];
    this.#pick = (run) => (isVisible(roundsAround(execution, run), this.#rounds) ? pick(run) : undefined);
  }

  get(taskId: string): Value | undefined {
    if (!this.#made.has(taskId)) this.#made.set(taskId, this.#make(taskId));
    return this.#made.get(taskId);
  }

  *keys(): Iterable<string> {
    const seen = new Set<string>();
    for (const chunk of this.#execution.taskRuns.chunks) {
      for (const [taskId, runs] of indexOf(chunk)) {
        if (seen.has(taskId) || !runs.some((run) => this.#pick(run))) continue;
        seen.add(taskId);
        yield taskId;
      }
    }
  }

  #make(taskId: string): Value | undefined {
    let made: ValueMap | undefined;
    for (const run of runsOf(this.#execution, taskId)) {
      const value = this.#pick(run);
      if (value) made = put(made ?? {}, pathInRound(this.#execution, run), value);
    }
    return made;
  }
}

function put(tree: ValueMap, path: string[], value: JsonObject): ValueMap {
  let at = tree;
  for (const key of path) {
    const child = Object.hasOwn(at, key) ? at[key] : undefined;
    const next: ValueMap = isJsonObject(child) ? child : {};
    define(at, key, next);
    at = next;
  }
  for (const [key, member] of Object.entries(value)) define(at, key, member);
  return tree;
}

function define(map: ValueMap, key: string, value: Value): void {
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}
