import { strictText } from '../callable.ts';
import { argumentFault } from '../error.ts';
import { toIon } from '../ion.ts';
import { parseJson } from '../../protocol/json.ts';
import { service } from '../service.ts';
import { toJsonText, toPlain } from '../text.ts';
import { toYaml } from '../yaml.ts';
import type { Filter } from '../callable.ts';

export const documentFilters: readonly Filter[] = [
  {
    name: 'toJson',
    parameters: [],
    about: 'The value as JSON text.',
    acceptsNull: true,
    apply: (input, _args, run) => toJsonText(input, run),
  },
  {
    name: 'json',
    parameters: [],
    about: 'The value as JSON text; a former name of `toJson`.',
    acceptsNull: true,
    apply: (input, _args, run) => toJsonText(input, run),
  },
  {
    name: 'toIon',
    parameters: [],
    about: 'The value as ION text.',
    acceptsNull: true,
    apply: (input, _args, run) => toIon(input, run),
  },
  {
    name: 'yaml',
    parameters: [],
    about: 'The value as YAML text.',
    acceptsNull: true,
    apply: (input, _args, run) => toYaml(input, run),
  },
  {
    name: 'jq',
    parameters: ['expression'],
    about: 'Every result of a jq program, as a list. A text is read as JSON first.',
    apply(input, [expression], run) {
      const program = strictText(expression, 'expression');
      const value = typeof input === 'string' ? jsonOf(input) : toPlain(input, run);
      return service('jq', run, (services) => services.jq(program, value));
    },
  },
];

function jsonOf(text: string) {
  try {
    return parseJson(text);
  } catch {
    throw argumentFault('The input of `jq` is a text that is not JSON');
  }
}
