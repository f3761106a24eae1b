import { listOf, mapOf, strictText } from '../callable.ts';
import { argumentFault } from '../error.ts';
import { service } from '../service.ts';
import { toText } from '../text.ts';
import { isList, isMap, mapGet } from '../value.ts';
import type { ExpressionFunction } from '../callable.ts';
import type { Run } from '../run.ts';
import type { Value } from '../value.ts';

/** What the execution at hand has done so far. */
export const executionFunctions: readonly ExpressionFunction[] = [
  {
    name: 'currentEachOutput',
    parameters: ['outputs'],
    about:
      'The output of a sibling task in this round of the iteration, however deep: `currentEachOutput(outputs.sibling)`.',
    call: ([outputs], run) => currentOutput(mapOf(outputs, 'outputs'), run),
  },
  {
    name: 'loopOutputs',
    parameters: ['outputs', 'name'],
    about: 'One output of every round of a loop, as a list.',
    call([outputs, name], run) {
      const key = strictText(name, 'name');
      return run.items(listOf(outputs, 'outputs')).map((round) => memberOf(memberOf(round, 'outputs'), key));
    },
  },
  {
    name: 'tasksWithState',
    parameters: ['state'],
    about: 'The task runs of this execution that are in a state: `taskId`, `value` and `state` of each.',
    call([state], run) {
      const wanted = strictText(state, 'state').toUpperCase();
      return service('tasksWithState', run, (services) => services.tasksWithState(wanted));
    },
  },
  {
    name: 'errorLogs',
    parameters: [],
    about: 'The log entries of this execution that are errors.',
    call: (_args, run) => service('errorLogs', run, (services) => services.errorLogs()),
  },
];

/** Outputs of an iterated task are keyed by the values of the iterations around it, outermost first, then by its own. */
function currentOutput(outputs: Value, run: Run): Value {
  const parents = run.scope.variable('parents') ?? null;
  const around = isList(parents) ? run.items(parents).toReversed() : [];
  const values = [...around, { taskrun: run.scope.variable('taskrun') ?? null }].map((one) =>
    memberOf(memberOf(one, 'taskrun'), 'value'),
  );
  let current = outputs;
  for (const value of values) {
    if (value === null) continue;
    const next = isMap(current) ? mapGet(current, toText(value, run)) : undefined;
    if (next === undefined) throw argumentFault(`There is no output for the iteration \`${toText(value, run)}\``);
    current = next;
  }
  return current;
}

function memberOf(map: Value, key: string): Value {
  return isMap(map) ? (mapGet(map, key) ?? null) : null;
}
