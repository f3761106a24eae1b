import { describe, expect, test, vi } from 'vitest';
import {
  LOG_MESSAGE_CHARS_MAX,
  RUNNER_LOG_BATCH_BYTES,
  RUNNER_LOG_BYTES_MAX,
  RUNNER_LOG_DELAY_MS,
} from '../../worker/src/limits.ts';
import { LogShipper } from './log-shipper.ts';

function shipper() {
  const batches: { first: number; messages: string[] }[] = [];
  const send = async (first: number, ndjson: string) => {
    const messages = ndjson.split('\n').map((line) => (JSON.parse(line) as { message: string }).message);
    batches.push({ first, messages });
  };
  return { batches, logs: new LogShipper(send, () => 0) };
}

describe('log entries', () => {
  test('leave together after a moment, numbered from zero', async () => {
    vi.useFakeTimers();
    const { batches, logs } = shipper();
    logs.add('INFO', 'a');
    logs.add('INFO', 'b');
    await vi.advanceTimersByTimeAsync(RUNNER_LOG_DELAY_MS);
    logs.add('INFO', 'c');
    vi.useRealTimers();
    await logs.close();
    expect(batches).toEqual([
      { first: 0, messages: ['a', 'b'] },
      { first: 2, messages: ['c'] },
    ]);
  });

  test('leave at once when a batch is full', async () => {
    const { batches, logs } = shipper();
    for (let n = 0; n < 20; n++) logs.add('INFO', 'x'.repeat(10_000));
    await logs.close();
    expect(batches.length).toBe(4);
    expect(batches.every(({ messages }) => messages.length * 10_000 <= RUNNER_LOG_BATCH_BYTES)).toBe(true);
    expect(batches.map(({ first }) => first)).toEqual([0, 6, 12, 18]);
  });

  test('are split when a message is too long for one', async () => {
    const { batches, logs } = shipper();
    logs.add('INFO', 'y'.repeat(LOG_MESSAGE_CHARS_MAX + 1));
    logs.add('INFO', '');
    await logs.close();
    expect(batches.flatMap(({ messages }) => messages.map(({ length }) => length))).toEqual([
      LOG_MESSAGE_CHARS_MAX,
      1,
      0,
    ]);
  });

  test('end with a word about it when an attempt has sent too much', async () => {
    const { batches, logs } = shipper();
    for (let n = 0; n < RUNNER_LOG_BYTES_MAX / 10_000 + 10; n++) logs.add('INFO', 'z'.repeat(10_000));
    await logs.close();
    const messages = batches.flatMap((batch) => batch.messages);
    expect(messages.at(-1)).toMatch(/^The log of this attempt ends here/);
    expect(messages.filter((message) => !message.startsWith('z')).length).toBe(1);
  });
});
