import { describe, expect, test } from 'vitest';
import { taskRunId } from '../ids.ts';
import { flowOf, flowWithTasks } from '../testing/flow-with-tasks.ts';
import { on, scenario } from '../testing/scenario.ts';
import { eventOf } from './actions.ts';
import type { Action } from './actions.ts';

const edge = (id: string) => `{ id: ${id}, type: core.http.Request, uri: 'https://x.test' }`;

async function refusal(world: ReturnType<typeof scenario>, action: Action): Promise<string | undefined> {
  const { flow, execution, now } = await world;
  if (!execution) throw new Error('nothing was started');
  const answer = eventOf(action, flow, execution, now);
  return answer.ok ? undefined : answer.error.message;
}

describe('a resume', () => {
  test('reaches a pause of afterExecution, although the execution has ended', async () => {
    const flow = flowOf(
      'id: f\nnamespace: company.team\ntasks: [{ id: a, type: core.log.Log, message: a }]\nafterExecution: [{ id: wait, type: core.flow.Pause }]',
    );
    expect(await refusal(scenario(flow, [[on.start()]]), { type: 'resume' })).toBeUndefined();
    expect(await refusal(scenario(flow, [[on.start()], [on.resume()]]), { type: 'resume' })).toMatch(
      'it can be resumed only while it is PAUSED',
    );
  });
});

describe('changing the state of a task run', () => {
  test('is refused in a killed execution: kill is final', async () => {
    const world = scenario(flowWithTasks(`  - ${edge('a')}`), [[on.start()], [on.kill()], [on.stop('a')]]);
    const id = (await world).execution?.id;
    if (!id) throw new Error('nothing was started');
    const change: Action = { type: 'change-task-run', taskRunId: taskRunId(id, 0), state: 'SUCCESS' };
    expect(await refusal(world, change)).toMatch('was killed: kill is final. Replay it instead.');
  });

  test('is refused while the task run, of afterExecution, has not ended', async () => {
    const flow = flowOf(
      `id: f\nnamespace: company.team\ntasks: [{ id: a, type: core.log.Log, message: a }]\nafterExecution: [${edge('late')}]`,
    );
    const world = scenario(flow, [[on.start()]]);
    const id = (await world).execution?.id;
    if (!id) throw new Error('nothing was started');
    const change: Action = { type: 'change-task-run', taskRunId: taskRunId(id, 1), state: 'SUCCESS' };
    expect(await refusal(world, change)).toMatch('has not ended yet (RUNNING); only then it can be changed.');
  });
});
