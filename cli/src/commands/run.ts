import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { stringifyJson } from '../../../worker/src/protocol/json.ts';
import { isTerminalState } from '../../../worker/src/protocol/states.ts';
import { CliError } from '../cli-error.ts';
import { getExecution, startExecution, type InputValue } from '../client/executions.ts';
import { SERVER_OPTIONS, type Arguments, type Command } from '../command.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { renderExecution } from '../render/execution.ts';
import { connect } from '../settings/connection.ts';
import type { Terminal } from '../terminal.ts';
import { watchExecution } from '../watch-execution.ts';

export const run: Command = {
  name: 'run',
  summary: 'Start a flow, and with --follow or --wait stay until it has ended',
  usage: 'NAMESPACE/FLOW',
  options: {
    ...SERVER_OPTIONS,
    input: { type: 'string', short: 'i', multiple: true, value: 'ID=VALUE', help: 'an input; ID=@FILE sends a file' },
    label: { type: 'string', short: 'l', multiple: true, value: 'KEY:VALUE', help: 'a label of the execution' },
    revision: { type: 'string', value: 'N', help: 'this revision instead of the newest' },
    follow: { type: 'boolean', short: 'f', help: 'print logs and states until the execution has ended' },
    wait: { type: 'boolean', short: 'w', help: 'print only the end' },
    timeout: { type: 'string', value: 'SECONDS', help: 'stop waiting after this time (exit code 124)' },
  },
  examples: [
    'rondo run acme.demo/hello --input name=Ada --follow',
    'rondo run acme.data/import --input report=@june.csv --wait --timeout 600 --json',
  ],
  async run(args, terminal) {
    const client = await connect(args, terminal);
    const flow = readFlowName(args.required(0, 'NAMESPACE/FLOW'));
    const execution = await startExecution(client, flow, {
      inputs: await readInputs(args.list('input'), terminal),
      labels: args.list('label'),
      revision: args.text('revision'),
    });
    if (!args.flag('follow') && !args.flag('wait')) {
      terminal.out(args.flag('json') ? stringifyJson(execution, 2) : `${execution.id} ${execution.url ?? ''}`.trim());
      return EXIT.ok;
    }
    terminal.note(terminal.colors.dim(`execution ${execution.id} ${execution.url ?? ''}`));
    const ended = await watchExecution(client, execution.id, terminal, {
      printLogs: args.flag('follow') && !args.flag('json'),
      minLevel: 'INFO',
      timeoutMs: readTimeout(args),
    });
    const last = await getExecution(client, execution.id);
    terminal.out(args.flag('json') ? stringifyJson(last, 2) : renderExecution(last, terminal.colors));
    if (ended === 'timeout' && !isTerminalState(last.state.current)) {
      terminal.note('the execution has not ended yet; it goes on without us');
      return EXIT.timeout;
    }
    return exitCodeOf(last.state.current);
  },
};

export function readFlowName(text: string): { namespace: string; flowId: string } {
  const [namespace, flowId, ...more] = text.split('/');
  if (namespace === undefined || namespace === '' || flowId === undefined || flowId === '' || more.length > 0) {
    throw new CliError(`\`${text}\` does not name a flow`, { remedy: 'write NAMESPACE/FLOW, like acme.demo/hello' });
  }
  return { namespace, flowId };
}

/** `id=value`, or `id=@path` for a file; a value that begins with @ is written `@@…`. */
async function readInputs(texts: string[], terminal: Terminal): Promise<Record<string, InputValue>> {
  const inputs: Record<string, InputValue> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals < 1) throw new CliError(`\`${text}\` is no input`, { remedy: 'write ID=VALUE, or ID=@FILE for a file' });
    const id = text.slice(0, equals);
    const value = text.slice(equals + 1);
    if (value.startsWith('@@')) inputs[id] = value.slice(1);
    else inputs[id] = value.startsWith('@') ? await readInputFile(id, value.slice(1), terminal) : value;
  }
  return inputs;
}

async function readInputFile(id: string, path: string, terminal: Terminal): Promise<InputValue> {
  try {
    return { name: basename(path), content: new Uint8Array(await readFile(resolve(terminal.cwd, path))) };
  } catch (error) {
    throw new CliError(`input ${id}: the file ${path} cannot be read`, {
      remedy: 'check the path; a text that begins with @ is written @@',
      cause: error,
    });
  }
}

function readTimeout(args: Arguments): number | undefined {
  const text = args.text('timeout');
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!(seconds > 0)) throw new CliError(`--timeout ${text} is not a number of seconds above 0`);
  return seconds * 1000;
}
