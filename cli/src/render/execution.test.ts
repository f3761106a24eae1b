import { describe, expect, test } from 'vitest';
import { Execution } from '../client/answers.ts';
import { noColors } from '../terminal.ts';
import { renderExecution } from './execution.ts';

const ended = { current: 'SUCCESS', duration: 'PT1.5S' };

describe('an execution in the terminal', () => {
  test('shows children under their parent, values of iterations, and repeated attempts', () => {
    const execution = Execution.parse({
      id: 'KkNz',
      namespace: 'acme.demo',
      flowId: 'hello',
      state: { current: 'WARNING', duration: 'PT2S' },
      outputs: { total: 3, rows: [{ a: 1 }] },
      taskRunList: [
        { id: '1', taskId: 'loop', state: ended },
        {
          id: '2',
          taskId: 'tally',
          parentTaskRunId: '1',
          value: 'part-1',
          state: ended,
          attempts: [{ state: ended }, { state: ended }],
        },
        { id: '3', taskId: 'end', state: ended },
      ],
    });
    expect(renderExecution(execution, noColors).split('\n')).toEqual([
      'acme.demo/hello KkNz WARNING 2s',
      '  loop             SUCCESS 1.5s',
      '    tally[part-1]  SUCCESS 1.5s 2 attempts',
      '  end              SUCCESS 1.5s',
      'outputs:',
      '  total: 3',
      '  rows: [{"a":1}]',
    ]);
  });
});
