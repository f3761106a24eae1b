import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../api/logs.ts';
import { LogBuffer } from './log-buffer.ts';

const line = (second: number, message: string): LogEntry => ({
  timestamp: `2026-11-20T10:00:0${second}.000Z`,
  level: 'INFO',
  message,
});
const messages = (buffer: LogBuffer) => buffer.entries.map(({ message }) => message);

describe('LogBuffer', () => {
  test('holds an entry once when both history and stream bring it', () => {
    const buffer = new LogBuffer();
    buffer.addLive(line(1, 'a'));
    buffer.addHistory([line(1, 'a'), line(2, 'b')]);
    buffer.addLive(line(2, 'b'));
    buffer.addLive(line(3, 'c'));
    expect(messages(buffer)).toEqual(['a', 'b', 'c']);
  });

  test('keeps equal lines that were really logged twice', () => {
    const buffer = new LogBuffer();
    buffer.addHistory([line(1, 'again'), line(1, 'again')]);
    buffer.addLive(line(1, 'again'));
    expect(messages(buffer)).toEqual(['again', 'again']);
    buffer.addLive(line(1, 'again'));
    buffer.addLive(line(1, 'again'));
    expect(messages(buffer)).toEqual(['again', 'again', 'again']);
  });

  test('puts a late entry where its time belongs', () => {
    const buffer = new LogBuffer();
    for (const entry of [line(1, 'a'), line(3, 'c'), line(2, 'b')]) buffer.addLive(entry);
    expect(messages(buffer)).toEqual(['a', 'b', 'c']);
  });

  test('keeps the order of arrival within one instant', () => {
    const buffer = new LogBuffer();
    for (const message of ['x', 'a', 'm']) buffer.addLive(line(1, message));
    expect(messages(buffer)).toEqual(['x', 'a', 'm']);
  });

  test('takes a stream that begins again, and a history that is read again, as repeats', () => {
    const buffer = new LogBuffer();
    buffer.addLive(line(1, 'a'));
    buffer.liveRestarted();
    buffer.addLive(line(1, 'a'));
    buffer.addHistory([line(1, 'a')]);
    buffer.addHistory([line(1, 'a')]);
    expect(messages(buffer)).toEqual(['a']);
  });
});
