/** Which rows of a long list stand on the page: a fixed row height makes it arithmetic. */

export interface RowWindow {
  /** First row that is rendered. */
  start: number;
  /** One past the last. */
  end: number;
}

/** More rows than this never stand in the document, whatever the size of the pane. */
export const ROWS_MAX = 160;
const MARGIN = 10;

export function rowWindow(scrollTop: number, paneHeight: number, rowHeight: number, count: number): RowWindow {
  const visible = Math.min(Math.ceil(paneHeight / rowHeight) + 1 + 2 * MARGIN, ROWS_MAX);
  const first = Math.floor(scrollTop / rowHeight) - MARGIN;
  const start = Math.max(0, Math.min(first, count - visible));
  return { start, end: Math.min(count, start + visible) };
}
