import { describe, expect, test } from 'vitest';
import { executionFilterOf, executionFilterText, toggleState, withFilter } from './execution-filter.ts';

const read = (query: string) => executionFilterOf(new URLSearchParams(query));

describe('the filter in the URL', () => {
  test('comes back as it went', () => {
    const filter = {
      q: 'a&b',
      namespace: 'acme.demo',
      flowId: 'hello',
      states: ['FAILED', 'KILLED'] as const,
      page: 3,
    };
    expect(read(executionFilterText(filter))).toEqual(filter);
  });

  test('is empty when nothing is looked for', () => {
    expect(executionFilterText(read(''))).toBe('');
  });

  test('keeps commas readable', () => {
    expect(executionFilterText({ states: ['RUNNING', 'PAUSED'] })).toBe('state=RUNNING,PAUSED');
  });

  test('ignores unknown states and pages that cannot be', () => {
    expect(read('state=FAILED,NONSENSE&page=-2')).toMatchObject({ states: ['FAILED'], page: 1 });
    expect(read('page=1e9').page).toBe(1);
  });
});

describe('changing the filter', () => {
  test('goes back to the first page', () => {
    expect(withFilter(read('page=4'), { q: 'x' })).toMatchObject({ q: 'x', page: 1 });
  });

  test('moves to another page when that is what changes', () => {
    expect(withFilter(read('q=x'), { page: 2 })).toMatchObject({ q: 'x', page: 2 });
  });

  test('adds a state, and takes it away again', () => {
    const once = toggleState(read('state=FAILED'), 'KILLED');
    expect(once.states).toEqual(['FAILED', 'KILLED']);
    expect(toggleState(once, 'FAILED').states).toEqual(['KILLED']);
  });
});
