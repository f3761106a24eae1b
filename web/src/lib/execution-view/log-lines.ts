/** What the log pane shows: entries that pass the filter, cut into lines of one height, their control characters gone. */
import { LOG_LEVELS, type LogLevel } from '../../../../worker/src/protocol/states.ts';
import type { LogEntry } from '../api/logs.ts';

export interface LogFilter {
  minLevel: LogLevel;
  search: string;
  /** Only this task run. */
  taskRunId?: string;
}

export interface LogLine {
  /** The entry's first line carries its time, level and task. */
  entry?: LogEntry;
  level: LogLevel;
  text: string;
}

export function logLines(entries: readonly LogEntry[], { minLevel, search, taskRunId }: LogFilter): LogLine[] {
  const least = LOG_LEVELS.indexOf(minLevel);
  const needle = search.trim().toLowerCase();
  const lines: LogLine[] = [];
  for (const entry of entries) {
    if (taskRunId !== undefined && entry.taskRunId !== taskRunId) continue;
    if (LOG_LEVELS.indexOf(entry.level) < least) continue;
    const text = plainText(entry.message);
    if (needle !== '' && !text.toLowerCase().includes(needle) && entry.taskId?.toLowerCase().includes(needle) !== true)
      continue;
    const [first = '', ...others] = text.split('\n');
    lines.push({ entry, level: entry.level, text: first });
    for (const other of others) lines.push({ level: entry.level, text: other });
  }
  return lines;
}

// OSC sequences (links, titles) end in BEL or ESC \; CSI sequences (colours, cursor) in a letter.
/* oxlint-disable no-control-regex -- control characters are what is looked for */
const ESCAPES = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b[@-_]/g;
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
/* oxlint-enable no-control-regex */
/** They would make a line read as something else than it says. */
const BIDI = /[\u202a-\u202e\u2066-\u2069]/g;

/** Terminal output as plain text: no colours, no hidden characters, and of what a line overwrote only the last. */
export function plainText(message: string): string {
  const text = message.replace(ESCAPES, '').replace(/\r\n/g, '\n').replace(/\n+$/, '');
  return text
    .split('\n')
    .map((line) => line.slice(line.replace(/\r+$/, '').lastIndexOf('\r') + 1))
    .join('\n')
    .replace(/\r/g, '')
    .replace(CONTROLS, '')
    .replace(BIDI, '\ufffd')
    .replace(/\t/g, '    ');
}
