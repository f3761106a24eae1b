/** The outputs of an execution as expressions see them: by task, and by value inside a loop. */
import type { Json, JsonObject } from '../../../../worker/src/protocol/json.ts';
import type { TaskRunView } from '../api/executions.ts';

export function outputsByTask(taskRuns: readonly TaskRunView[]): JsonObject {
  const result: JsonObject = {};
  for (const { taskId, value, outputs } of taskRuns) {
    if (outputs === undefined || Object.keys(outputs).length === 0) continue;
    if (value === undefined) set(result, taskId, outputs);
    else set(childOf(result, taskId), value, outputs);
  }
  return result;
}

function childOf(map: JsonObject, name: string): JsonObject {
  const known = Object.hasOwn(map, name) ? map[name] : undefined;
  if (typeof known === 'object' && known !== null && !Array.isArray(known)) return known as JsonObject;
  const child: JsonObject = {};
  set(map, name, child);
  return child;
}

/** Also for names like `__proto__`, which belong to users as well. */
function set(map: JsonObject, name: string, value: Json): void {
  Object.defineProperty(map, name, { value, enumerable: true, configurable: true, writable: true });
}

/** What to write in a flow to reach a place: `{{ outputs.fetch.rows[0] }}`. */
export function expressionOf(path: readonly (string | number)[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (text === '') text = step;
    else if (/^[A-Za-z_]\w*$/.test(step)) text += `.${step}`;
    else text += `['${step.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}']`;
  }
  return `{{ ${text} }}`;
}
