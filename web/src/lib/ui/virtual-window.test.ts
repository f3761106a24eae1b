import { describe, expect, test } from 'vitest';
import { ROWS_MAX, rowWindow } from './virtual-window.ts';

describe('rowWindow', () => {
  test('renders every row of a short list', () => {
    expect(rowWindow(0, 400, 20, 7)).toEqual({ start: 0, end: 7 });
  });

  test('renders the rows in sight and a margin on both sides', () => {
    expect(rowWindow(2000, 400, 20, 1000)).toEqual({ start: 90, end: 131 });
  });

  test('stays inside the list when the scroll position is past its end', () => {
    expect(rowWindow(1e9, 400, 20, 1000)).toEqual({ start: 959, end: 1000 });
  });

  test('never renders more rows than the bound, however tall the pane', () => {
    const { start, end } = rowWindow(0, 1e6, 20, 10_000);
    expect(end - start).toBe(ROWS_MAX);
  });

  test('renders nothing of an empty list', () => {
    expect(rowWindow(0, 400, 20, 0)).toEqual({ start: 0, end: 0 });
  });
});
