import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../api/logs.ts';
import { logLines, plainText, type LogFilter } from './log-lines.ts';

const entry = (message: string, more: Partial<LogEntry> = {}): LogEntry => ({
  timestamp: '2026-11-20T10:00:00Z',
  level: 'INFO',
  message,
  ...more,
});
const texts = (entries: LogEntry[], filter: Partial<LogFilter>) =>
  logLines(entries, { minLevel: 'TRACE', search: '', ...filter }).map(({ text }) => text);

describe('logLines', () => {
  const entries = [
    entry('starting', { level: 'DEBUG', taskId: 'fetch', taskRunId: 't1' }),
    entry('Fetched 3 rows', { taskId: 'fetch', taskRunId: 't1' }),
    entry('No such table', { level: 'ERROR', taskId: 'load', taskRunId: 't2' }),
  ];

  test('shows the chosen level and everything above it', () => {
    expect(texts(entries, { minLevel: 'INFO' })).toEqual(['Fetched 3 rows', 'No such table']);
  });

  test('finds text whatever its case, and the name of the task', () => {
    expect(texts(entries, { search: 'FETCHED' })).toEqual(['Fetched 3 rows']);
    expect(texts(entries, { search: 'load' })).toEqual(['No such table']);
  });

  test('can be narrowed to one task run', () => {
    expect(texts(entries, { taskRunId: 't2' })).toEqual(['No such table']);
  });

  test('gives every line of an entry a row of its own, and names it only once', () => {
    const lines = logLines([entry('a\nb\n')], { minLevel: 'TRACE', search: '' });
    expect(lines.map(({ text, entry }) => [text, entry !== undefined])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });
});

describe('plainText', () => {
  test('drops colours, cursor movements and links', () => {
    expect(plainText('\u001b[31mred\u001b[0m \u001b]8;;https://evil.test\u0007link\u001b]8;;\u0007\u001b[2K')).toBe(
      'red link',
    );
  });

  test('keeps of an overwritten line what was seen last', () => {
    expect(plainText('10%\r50%\r100%\r\nnext')).toBe('100%\nnext');
  });

  test('makes marks visible that would turn the text around', () => {
    expect(plainText('user\u202egpj.exe')).toBe('user\ufffdgpj.exe');
  });

  test('leaves markup as the text it is', () => {
    expect(plainText('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>');
  });
});
