import { expect, test } from 'vitest';
import { LOG_MESSAGE_CHARS_MAX } from '../limits.ts';
import { splitLine } from './log-view.ts';

test('a long message becomes several lines that join to the same text', () => {
  const message = 'x'.repeat(LOG_MESSAGE_CHARS_MAX * 2 + 5);
  const parts = splitLine({ at: 1, level: 'INFO', message, taskRun: 3 });
  expect(parts.map((part) => part.message.length)).toEqual([LOG_MESSAGE_CHARS_MAX, LOG_MESSAGE_CHARS_MAX, 5]);
  expect(parts.map((part) => part.message).join('')).toBe(message);
  expect(parts.every(({ taskRun }) => taskRun === 3)).toBe(true);
});

test('a character of two halves is not cut', () => {
  const message = `${'x'.repeat(LOG_MESSAGE_CHARS_MAX - 1)}😀y`;
  const parts = splitLine({ at: 1, level: 'INFO', message });
  expect(parts.map((part) => part.message)).toEqual(['x'.repeat(LOG_MESSAGE_CHARS_MAX - 1), '😀y']);
});
