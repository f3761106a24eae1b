import { expect, test } from 'vitest';
import { flowOf } from '../testing/flow-with-tasks.ts';
import { callsOf, listensTo } from './links.ts';

const FLOW = flowOf(`
id: parent
namespace: company.team
tasks:
  - id: each
    type: core.flow.ForEach
    values: [1]
    tasks:
      - { id: call, type: core.flow.Subflow, namespace: company.team, flowId: child }
  - { id: again, type: core.flow.Subflow, namespace: company.team, flowId: child }
  - { id: other, type: core.flow.Subflow, namespace: company.team, flowId: "{{ inputs.which }}" }
errors:
  - { id: tell, type: core.flow.Subflow, namespace: company.ops, flowId: alert }
triggers:
  - id: after
    type: core.trigger.Flow
    preconditions:
      id: both
      flows:
        - { namespace: company.team, flowId: extract }
        - { namespace: company.team, flowId: load }
  - id: older
    type: core.trigger.Flow
    conditions:
      - { type: core.condition.ExecutionFlow, namespace: company.team, flowId: extract }
`);

test('a flow calls those that its tasks name, wherever the tasks stand', () => {
  expect(callsOf(FLOW)).toEqual([
    { namespace: 'company.team', id: 'child' },
    { namespace: 'company.ops', id: 'alert' },
  ]);
});

test('a flow listens to those that its triggers name', () => {
  expect(listensTo(FLOW)).toEqual([
    { namespace: 'company.team', id: 'extract' },
    { namespace: 'company.team', id: 'load' },
  ]);
});
