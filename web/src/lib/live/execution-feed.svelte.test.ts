import { flushSync } from 'svelte';
import { expect, test, vi } from 'vitest';
import type { State } from '../../../../worker/src/protocol/states.ts';
import type { ExecutionView, TaskRunView } from '../api/executions.ts';
import type { StreamHandlers } from './event-stream.ts';
import { ExecutionFeed } from './execution-feed.svelte.ts';

const T0 = '2026-11-20T10:00:00Z';
const view = (current: State, taskRunList?: TaskRunView[]): ExecutionView => ({
  id: 'KkNz',
  namespace: 'demo',
  flowId: 'hello',
  flowRevision: 1,
  state: { current, histories: [], startDate: T0 },
  taskRunList,
});
const greet: TaskRunView = { id: 't1', taskId: 'greet', state: { current: 'SUCCESS', histories: [], startDate: T0 } };

class Server {
  answer: ExecutionView | Error = view('RUNNING');
  asked = 0;
  handlers: StreamHandlers | undefined;
  closed = 0;
  readonly feed = new ExecutionFeed({
    get: async () => {
      this.asked++;
      if (this.answer instanceof Error) throw this.answer;
      return this.answer;
    },
    followUrl: '/follow',
    open: (_url, handlers) => {
      this.handlers = handlers;
      return () => this.closed++;
    },
  });

  async send(id: string, execution: ExecutionView): Promise<void> {
    this.handlers?.onmessage(id, JSON.stringify(execution));
    await Promise.resolve();
    flushSync();
  }
}

test('an execution that is over is read and not followed', async () => {
  const server = new Server();
  server.answer = view('SUCCESS');
  await server.feed.start();
  expect(server.feed.isOver).toBe(true);
  expect(server.handlers).toBeUndefined();
});

test('a running one is followed to its end, and read once more', async () => {
  const server = new Server();
  await server.feed.start();
  await server.send('progress', view('RUNNING', [greet]));
  expect(server.feed.execution?.taskRunList).toHaveLength(1);
  server.answer = view('SUCCESS', [greet]);
  await server.send('end', view('SUCCESS', [greet]));
  expect(server.closed).toBe(1);
  expect(server.asked).toBe(2);
  expect(server.feed.isOver).toBe(true);
});

test('task runs that are known stay when a message leaves them out', async () => {
  const server = new Server();
  server.answer = view('RUNNING', [greet]);
  await server.feed.start();
  await server.send('progress', view('PAUSED'));
  expect(server.feed.execution).toMatchObject({ state: { current: 'PAUSED' }, taskRunList: [{ taskId: 'greet' }] });
});

test('where no stream can be held, it is read again every other second', async () => {
  vi.useFakeTimers();
  try {
    const server = new Server();
    await server.feed.start();
    server.handlers?.onlost();
    await vi.advanceTimersByTimeAsync(2000);
    expect(server.asked).toBe(2);
    server.answer = view('SUCCESS');
    await vi.advanceTimersByTimeAsync(2000);
    expect(server.feed.isOver).toBe(true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.asked).toBe(3);
  } finally {
    vi.useRealTimers();
  }
});

test('a failure is kept with what is shown, and goes away with the next answer', async () => {
  const server = new Server();
  server.answer = new Error('The server could not be reached.');
  await server.feed.start();
  expect(server.feed.error).toBeInstanceOf(Error);
  expect(server.handlers).toBeUndefined();
  server.answer = view('SUCCESS');
  await server.feed.refresh();
  expect(server.feed.error).toBeUndefined();
});
