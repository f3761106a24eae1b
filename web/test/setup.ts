/** What components use of a browser and jsdom does not have. */

/** Nothing has a size in jsdom, so nothing ever changes it. */
class NoResizeObserver implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

globalThis.ResizeObserver ??= NoResizeObserver;
