import { parse as parseYaml } from 'yaml';
import { parseJson } from '../../protocol/json.ts';
import { booleanOf, strictText } from '../callable.ts';
import { argumentFault } from '../error.ts';
import { parseIon } from '../ion.ts';
import { whole } from '../numbers.ts';
import type { ArgumentValues, ExpressionFunction } from '../callable.ts';
import type { Run } from '../run.ts';
import type { Value } from '../value.ts';

/** Aliases of one document that are followed: more is a bomb. */
const YAML_ALIASES_MAX = 100;
const CHARS_PER_STEP = 16;

/** A text argument that is read as a document; null stays null. */
function reader(
  name: string,
  parameter: string,
  about: string,
  read: (text: string, run: Run) => Value,
  cost: Pick<ExpressionFunction, 'steps' | 'charsPerStep'> = {},
): ExpressionFunction {
  return {
    name,
    parameters: [parameter],
    about,
    ...cost,
    call: ([text], run) => (text === null ? null : read(counted(text, parameter, run), run)),
  };
}

function counted(text: Value | undefined, parameter: string, run: Run): string {
  const source = strictText(text, parameter);
  run.meter.spend(Math.ceil(source.length / CHARS_PER_STEP));
  return source;
}

export const documentFunctions: readonly ExpressionFunction[] = [
  reader('fromJson', 'json', 'The value that a JSON text writes.', readJson),
  reader('json', 'json', 'The value that a JSON text writes; a former name of `fromJson`.', readJson),
  reader('yaml', 'yaml', 'The value that a YAML text writes.', readYaml, { steps: 500, charsPerStep: 1 }),
  {
    name: 'fromIon',
    parameters: ['ion', 'allRows'],
    about: 'The value that an ION text writes; with `allRows=true` the list of all its values.',
    call: (args, run) => readIon(args, run),
  },
];

function readJson(text: string): Value {
  try {
    return parseJson(text);
  } catch (cause) {
    throw argumentFault(
      `The text is not JSON: ${cause instanceof SyntaxError ? reasonOf(cause) : 'it is nested too deeply'}`,
    );
  }
}

/** The engine's reason without the text itself, which may hold a secret. */
function reasonOf({ message }: SyntaxError): string {
  return message.replace(/,? ?"[^]*$/, '').replace(/\.\.\.[^]*$/, '') || 'it is malformed';
}

function readYaml(text: string): Value {
  const value: unknown = parsedYaml(text);
  return fromYaml(value);
}

function parsedYaml(text: string): unknown {
  try {
    return parseYaml(text, { intAsBigInt: true, maxAliasCount: YAML_ALIASES_MAX, logLevel: 'error' });
  } catch (cause) {
    throw argumentFault(
      `The text is not YAML: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'it is malformed'}`,
    );
  }
}

/** The parser's own values: whole numbers come as bigints, so that none loses digits. */
function fromYaml(value: unknown): Value {
  if (typeof value === 'bigint') return whole(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(fromYaml);
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromYaml(item)]));
}

function readIon([ion, allRows]: ArgumentValues, run: Run): Value {
  if (ion === null) return null;
  const values = parseIon(counted(ion, 'ion', run), run);
  if (booleanOf(allRows, 'allRows', false)) return values;
  const [first] = values;
  return first ?? null;
}
