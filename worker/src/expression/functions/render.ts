import { booleanOf } from '../callable.ts';
import { argumentFault } from '../error.ts';
import { renderPass, renderUntilStable } from '../passes.ts';
import { ScopeLookup } from '../scope.ts';
import { isList, isMap, mapSet } from '../value.ts';
import type { ArgumentValues, ExpressionFunction } from '../callable.ts';
import type { Run } from '../run.ts';
import type { Value, ValueMap } from '../value.ts';

type RenderText = (source: string, run: Run) => string;

/** Texts of lists and maps are rendered too, keys included; what is no text stays as it is. */
function rendered(value: Value, render: RenderText, run: Run, depth = 0): Value {
  if (typeof value === 'string') return render(value, run);
  run.descend(depth);
  if (isList(value)) return run.items(value).map((item) => rendered(item, render, run, depth + 1));
  if (!isMap(value)) return value;
  const map: ValueMap = {};
  for (const [key, item] of run.entries(value)) mapSet(map, render(key, run), rendered(item, render, run, depth + 1));
  return map;
}

function required([toRender]: ArgumentValues): Value {
  if (toRender === undefined) throw argumentFault('Missing an argument: `toRender` is required');
  return toRender;
}

function context(name: string): ExpressionFunction {
  return {
    name,
    parameters: [],
    about: 'All variables that this expression sees, as a map; for debugging.',
    call: (_args, run) => Object.fromEntries(run.entries(new ScopeLookup(run.scope))),
  };
}

export const renderFunctions: readonly ExpressionFunction[] = [
  {
    name: 'render',
    parameters: ['toRender', 'recursive'],
    about: 'Renders the expressions in a text, a list or a map until there is nothing left to render.',
    call(args, run) {
      const once = !booleanOf(args[1], 'recursive', true);
      return rendered(required(args), once ? renderPass : renderUntilStable, run);
    },
  },
  {
    name: 'renderOnce',
    parameters: ['toRender'],
    about: 'Renders the expressions in a text, a list or a map, and not those in their results.',
    call: (args, run) => rendered(required(args), renderPass, run),
  },
  context('printContext'),
  context('fetchContext'),
];
