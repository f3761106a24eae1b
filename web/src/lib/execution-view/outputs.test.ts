import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../worker/src/protocol/json.ts';
import type { TaskRunView } from '../api/executions.ts';
import { expressionOf, outputsByTask } from './outputs.ts';

const run = (taskId: string, outputs?: JsonObject, value?: string): TaskRunView => ({
  id: `${taskId}-${value ?? ''}`,
  taskId,
  value,
  outputs,
  state: { current: 'SUCCESS', histories: [], startDate: '2026-11-20T10:00:00Z' },
});

describe('outputsByTask', () => {
  test('groups the iterations of a task by their value', () => {
    expect(outputsByTask([run('fetch', { rows: 3 }), run('each', { n: 1 }, 'a'), run('each', { n: 2 }, 'b')])).toEqual({
      fetch: { rows: 3 },
      each: { a: { n: 1 }, b: { n: 2 } },
    });
  });

  test('leaves out tasks without outputs', () => {
    expect(outputsByTask([run('quiet'), run('empty', {})])).toEqual({});
  });

  test('treats a strange name as a name', () => {
    expect(Object.keys(outputsByTask([run('__proto__', { x: 1 })]))).toEqual(['__proto__']);
  });
});

describe('expressionOf', () => {
  test.each([
    [['outputs', 'fetch', 'rows', 0, 'id'], '{{ outputs.fetch.rows[0].id }}'],
    [['outputs', 'my-task', 'value'], "{{ outputs['my-task'].value }}"],
    [['outputs', "it's", 'x y'], "{{ outputs['it\\'s']['x y'] }}"],
  ])('writes %j as %s', (path, text) => {
    expect(expressionOf(path)).toBe(text);
  });
});
