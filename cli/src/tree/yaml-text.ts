/** Values as YAML and back, with every number as it was written. */
import { stringify, type ScalarTag } from 'yaml';
import { parseYaml } from '../../../worker/src/flow/yaml.ts';
import { Decimal, isJsonObject, stringifyJson, type Json } from '../../../worker/src/protocol/json.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';

const decimals: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => value instanceof Decimal,
  resolve: (text) => text,
  stringify: ({ value }) => String(value),
};

export function yamlText(value: Json): string {
  const text = stringify(value, { lineWidth: 0, customTags: (tags) => [decimals, ...tags] });
  // JSON is YAML, too: less pretty, and free of every ambiguity.
  return stringifyJson(parseYaml(text).value) === stringifyJson(value) ? text : `${stringifyJson(value, 2)}\n`;
}

/** The value of a file; `place` is what a message calls it. */
export function readYaml(text: string, place: string): Json {
  if (/^\s*(#.*\s*)*$/.test(text)) return null;
  const { value, problems } = parseYaml(text);
  const [problem] = problems;
  if (problem === undefined) return value;
  throw new CliError(`${place}:${problem.line}:${problem.column}: ${problem.message}`, { exitCode: EXIT.validation });
}

/** Maps with their members in one order, so that equal values are equal texts. */
export function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
