import { LOG_LEVELS } from '../../../worker/src/protocol/states.ts';
import { CliError } from '../cli-error.ts';
import { getExecution, getLogs } from '../client/executions.ts';
import { SERVER_OPTIONS, type Arguments, type Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { renderLog } from '../render/log-line.ts';
import { connect } from '../settings/connection.ts';
import { watchExecution } from '../watch-execution.ts';

export const logs: Command = {
  name: 'logs',
  summary: 'Print the logs of an execution',
  usage: 'EXECUTION',
  options: {
    ...SERVER_OPTIONS,
    follow: { type: 'boolean', short: 'f', help: 'go on until the execution has ended' },
    level: { type: 'string', value: 'LEVEL', help: `at least this level (${LOG_LEVELS.join(', ')}; default INFO)` },
  },
  examples: ['rondo logs KkNzQ1GkT9bYd2mVwX7eRs', 'rondo logs KkNzQ1GkT9bYd2mVwX7eRs --follow --level DEBUG'],
  async run(args, terminal) {
    const client = await connect(args, terminal);
    const id = args.required(0, 'EXECUTION');
    const minLevel = readLevel(args);
    if (args.flag('follow')) {
      await getExecution(client, id); // an unknown id is an error now, not a silent stream
      await watchExecution(client, id, terminal, { printLogs: true, minLevel });
      return EXIT.ok;
    }
    for (const entry of await getLogs(client, id, minLevel)) {
      terminal.out(args.flag('json') ? JSON.stringify(entry) : renderLog(entry, terminal.colors));
    }
    return EXIT.ok;
  },
};

function readLevel(args: Arguments): string {
  const level = (args.text('level') ?? 'INFO').toUpperCase();
  if (LOG_LEVELS.some((known) => known === level)) return level;
  throw new CliError(`--level ${level} is no level`, { remedy: `choose one of ${LOG_LEVELS.join(', ')}` });
}
