/** What each kind of vector runs. The result is made from the vector without what it expects. */
import { compileFlow } from '../../../worker/src/flow/compile.ts';
import { formatDiagnostic } from '../../../worker/src/flow/diagnostic.ts';
import { canonicalType, readInputs } from '../../../worker/src/flow/flow-reader.ts';
import { resolveInputs } from '../../../worker/src/flow/inputs/resolve.ts';
import { injectDefaults } from '../../../worker/src/flow/plugin-defaults.ts';
import { renderValue, scopeOf } from '../../../worker/src/expression/index.ts';
import type { PluginDefault } from '../../../worker/src/flow/flow.ts';
import type { Services } from '../../../worker/src/expression/index.ts';
import { isJsonObject } from '../../../worker/src/protocol/json.ts';
import type { Json, JsonObject } from '../../../worker/src/protocol/json.ts';
import { runConditionVector } from './conditions.ts';
import { runCronVector } from './cron.ts';
import { runExpressionVector } from './expressions.ts';
import { jq } from './jq.ts';
import { judgeExpression, judgeInputs, judgeProperties, judgeSource } from './judge.ts';
import { judgeCondition, judgeSchedule } from './judge-triggers.ts';
import type { Got, Judge } from './judge.ts';

export interface Adapter {
  /** `head` is the file without its cases. */
  run(vector: JsonObject, head: JsonObject): Promise<Got> | Got;
  judge: Judge;
}

const source: Adapter = { run: ({ yaml }) => checkSource(String(yaml)), judge: judgeSource };

export const ADAPTERS: Readonly<Record<string, Adapter>> = {
  'expressions.json': { run: (vector) => runExpressionVector(vector), judge: judgeExpression },
  'invalid.json': source,
  'valid.json': source,
  'cron.json': { run: runCronVector, judge: judgeSchedule },
  'conditions.json': { run: runConditionVector, judge: judgeCondition },
  'inputs.json': { run: resolve, judge: judgeInputs },
  'unit.json': { run: inject, judge: judgeProperties },
};

function checkSource(yaml: string): Got {
  const { diagnostics } = compileFlow(yaml);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return { valid: errors.length === 0, messages: errors.map(formatDiagnostic) };
}

async function resolve(vector: JsonObject, head: JsonObject): Promise<Got> {
  const { inputs, findings } = readInputs(vector.inputs ?? null);
  const fault = findings.find(({ severity }) => severity === 'error');
  if (fault !== undefined) return { error: fault.message };
  const given = withFiles(map(vector.given), map(head.flow));
  const vars = map(map(vector.context).vars);
  const answer = await resolveInputs(inputs, given, (text, values) =>
    renderValue(text, scopeOf({ ...vars, flow: map(head.flow), inputs: values }), SERVICES),
  );
  const [error] = Object.values(answer.errors);
  const isValidation = vector.operation === 'validate';
  const offered = answer.inputs.find(({ choices }) => choices !== undefined)?.choices;
  // A vector that gives nothing to a choice asks for the choices alone, as a form does before anybody has chosen.
  const asksForChoices = offered !== undefined && Object.keys(given).length === 0;
  const isRefused = error !== undefined && !isValidation && !asksForChoices;
  if (isRefused) return { error };
  return {
    values: answer.values,
    enabled: Object.fromEntries(answer.inputs.map(({ input, enabled }) => [input.id, enabled])),
    errors: answer.errors,
    ...(offered === undefined ? {} : { resolvedValues: offered }),
    fileStored: !isValidation && Object.values(given).some((value) => String(value).startsWith('kestra:///')),
  };
}

/** A file part becomes the URI under which a start stores it. */
function withFiles(given: JsonObject, flow: JsonObject): JsonObject {
  const folder = `kestra:///${String(flow.namespace).replaceAll('.', '/')}/${String(flow.id)}/executions/Aexecution/inputs`;
  const entries = Object.entries(given).map(([id, value]): [string, Json] =>
    isJsonObject(value) && typeof value.$upload === 'string'
      ? [id, `${folder}/${id}/${encodeURIComponent(value.$upload)}`]
      : [id, value],
  );
  return Object.fromEntries(entries);
}

function inject(vector: JsonObject): Got {
  if (vector.kind !== 'pluginDefaults') throw new Error(`unknown kind ${String(vector.kind)}`);
  const aliases = map(vector.aliases);
  const canonical = (name: string): string =>
    canonicalType(Object.hasOwn(aliases, name) ? String(aliases[name]) : name);
  const { value } = injectDefaults(
    map(vector.task),
    defaults(vector.flowDefaults),
    defaults(vector.globalDefaults),
    canonical,
  );
  return { properties: value };
}

function defaults(value: Json | undefined): PluginDefault[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter(isJsonObject)
    .map((entry) => ({ type: String(entry.type), forced: entry.forced === true, values: map(entry.values) }));
}

function map(value: Json | undefined): JsonObject {
  return value !== undefined && isJsonObject(value) ? value : {};
}

const SERVICES: Services = {
  now: () => Date.now(),
  timeZone: 'UTC',
  random: () => Math.random(),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  jq,
};
