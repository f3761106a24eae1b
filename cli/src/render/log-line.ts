import type { LogLevel } from '../../../worker/src/protocol/states.ts';
import type { LogEntry } from '../client/answers.ts';
import type { Colors } from '../terminal.ts';

/** `10:00:00.123 INFO  fetch: message`; a message of several lines stays aligned under its first. */
export function renderLog(entry: LogEntry, colors: Colors): string {
  const time = entry.timestamp.slice(11, 23).replace('Z', '');
  const source = entry.taskId ?? entry.triggerId;
  const prefix = `${time} ${entry.level.padEnd(5)} `;
  const message = entry.message.trimEnd().replaceAll('\n', `\n${' '.repeat(prefix.length)}`);
  return `${colors.dim(time)} ${levelColor(entry.level, colors)(entry.level.padEnd(5))} ${source === undefined ? '' : `${colors.cyan(source)}: `}${message}`;
}

function levelColor(level: LogLevel, colors: Colors): (text: string) => string {
  switch (level) {
    case 'ERROR':
      return colors.red;
    case 'WARN':
      return colors.yellow;
    case 'INFO':
      return colors.green;
    default:
      return colors.dim;
  }
}
