import { expect, test } from 'vitest';
import { taskRunId } from '../ids.ts';
import { flowWithTasks } from '../testing/flow-with-tasks.ts';
import { on, scenario, TEST_EXECUTION_ID } from '../testing/scenario.ts';
import { executionView } from './view.ts';

const flow = flowWithTasks(
  `  - id: each\n    type: core.flow.ForEach\n    values: ["x"]\n    tasks:\n      - { id: a, type: core.http.Request, uri: 'https://x.test' }`,
);

test('an execution is shown in the shape that clients of Kestra read, without null members', async () => {
  const world = await scenario(flow, [[on.start({ inputs: { big: 12345678901234567890n } })], [on.tick('PT2S')]]);
  if (!world.execution) throw new Error('nothing has run');
  const view = executionView(flow, world.execution, {
    tenant: 'main',
    now: world.now,
    taskRuns: true,
    url: 'https://x.test/e',
  });
  expect(view).toMatchObject({
    tenantId: 'main',
    id: TEST_EXECUTION_ID,
    deleted: false,
    inputs: { big: 12345678901234567890n },
    state: { current: 'RUNNING', duration: 'PT2S' },
    metadata: { attemptNumber: 1, originalCreatedDate: '2026-01-15T12:00:00.000Z' },
    url: 'https://x.test/e',
    taskRunList: [
      { taskId: 'each', state: { current: 'RUNNING' } },
      {
        id: taskRunId(TEST_EXECUTION_ID, 1),
        taskId: 'a',
        parentTaskRunId: taskRunId(TEST_EXECUTION_ID, 0),
        value: 'x',
        iteration: 0,
        attempts: [{ state: { current: 'RUNNING' } }],
      },
    ],
  });
  const hasNull = JSON.stringify(view, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  ).includes('null');
  expect(hasNull).toBe(false);
});

test('a finished execution has an end, and its duration stands still', async () => {
  const world = await scenario(flow, [[on.start()], [on.tick('PT2S')], [on.succeed('a', { code: 200 })]]);
  if (!world.execution) throw new Error('nothing has run');
  const view = executionView(flow, world.execution, { tenant: 'main', now: world.now + 60_000, taskRuns: false });
  expect(view.state).toMatchObject({ current: 'SUCCESS', duration: 'PT2S', endDate: '2026-01-15T12:00:02.000Z' });
  expect(view).not.toHaveProperty('taskRunList');
});
