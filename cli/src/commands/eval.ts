import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { renderValue } from '../../../worker/src/expression/render.ts';
import { scopeOf } from '../../../worker/src/expression/scope.ts';
import type { Services } from '../../../worker/src/expression/services.ts';
import {
  isJsonObject,
  parseJson,
  stringifyJson,
  type Json,
  type JsonObject,
} from '../../../worker/src/protocol/json.ts';
import { CliError, messageOf } from '../cli-error.ts';
import { EvalAnswer } from '../client/answers.ts';
import { SERVER_OPTIONS, type Arguments, type Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { connect } from '../settings/connection.ts';
import type { Terminal } from '../terminal.ts';

export const evaluate: Command = {
  name: 'eval',
  summary: 'Evaluate an expression: here with variables of your own, or in an execution on the server',
  usage: 'EXPRESSION',
  options: {
    ...SERVER_OPTIONS,
    variables: { type: 'string', value: 'FILE', help: 'a JSON file of variables; - is standard input' },
    set: { type: 'string', short: 's', multiple: true, value: 'NAME=JSON', help: 'one variable: JSON, or else a text' },
    execution: { type: 'string', value: 'ID', help: 'evaluate in this execution, on the server' },
    'task-run': { type: 'string', value: 'ID', help: 'and as this task run of it' },
  },
  examples: [
    `rondo eval '{{ inputs.name | upper }}' --set inputs='{"name":"Ada"}'`,
    `rondo eval '{{ outputs.fetch.code }}' --execution KkNzQ1GkT9bYd2mVwX7eRs`,
  ],
  async run(args, terminal) {
    const expression = args.required(0, 'EXPRESSION');
    const value =
      args.text('execution') === undefined
        ? await here(expression, args, terminal)
        : await there(expression, args, terminal);
    terminal.out(args.flag('json') || typeof value !== 'string' ? stringifyJson(value, 2) : value);
    return EXIT.ok;
  },
};

/** What an expression may ask for without a server: the time and chance. */
const services: Services = {
  now: () => Date.now(),
  timeZone: 'UTC',
  random: () => Math.random(),
  randomBytes: (length) => new Uint8Array(randomBytes(length)),
};

async function here(expression: string, args: Arguments, terminal: Terminal): Promise<Json> {
  const result = await renderValue(expression, scopeOf(await readVariables(args, terminal)), services);
  if (result.ok) return result.value;
  // The message says where it is.
  throw new CliError(result.error.message, { exitCode: EXIT.validation });
}

async function there(expression: string, args: Arguments, terminal: Terminal): Promise<Json> {
  const client = await connect(args, terminal);
  const taskRun = args.text('task-run');
  const path = `executions/${args.text('execution')}/eval${taskRun === undefined ? '' : `/${taskRun}`}`;
  const { result, error } = EvalAnswer.parse(
    await client.call('POST', path, { body: expression, contentType: 'text/plain' }),
  );
  if (error !== undefined) throw new CliError(error, { exitCode: EXIT.validation });
  return result ?? '';
}

async function readVariables(args: Arguments, terminal: Terminal): Promise<JsonObject> {
  const variables: JsonObject = {};
  const file = args.text('variables');
  if (file !== undefined) Object.assign(variables, await readVariablesFile(file, terminal));
  for (const text of args.list('set')) {
    const equals = text.indexOf('=');
    if (equals < 1) throw new CliError(`\`${text}\` sets nothing`, { remedy: 'write NAME=JSON' });
    variables[text.slice(0, equals)] = jsonOrText(text.slice(equals + 1));
  }
  return variables;
}

async function readVariablesFile(file: string, terminal: Terminal): Promise<JsonObject> {
  try {
    const text = file === '-' ? await terminal.readInput() : await readFile(resolve(terminal.cwd, file), 'utf8');
    const variables = parseJson(text);
    if (isJsonObject(variables)) return variables;
  } catch (error) {
    throw new CliError(`${file}: ${messageOf(error)}`);
  }
  throw new CliError(`${file} holds no JSON object`, { remedy: 'write {"name": value, …}' });
}

function jsonOrText(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
